#include <fmt/format.h>

#include "platform/platform_writer.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 6;

std::string rate(const LinkSpec& link) {
  return rounded_plain(link.bandwidth_Bps / 1e9, digits) + " GB/s";
}

}  // namespace

std::string platform_dot(const PlatformSpec& platform) {
  std::string text =
      "digraph machine {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10];\n";
  const std::string& host = platform.devices[host_device].name;
  for (const DeviceSpec& device : platform.devices)
    text += fmt::format("  \"{}\" [label=\"{}\\n{} TFLOP/s\\nmemory {}\"];\n", device.name, device.name,
                        rounded_plain(device.ratings.flops_per_s / 1e12, digits), rate(device.memory));
  for (const DeviceSpec& device : platform.devices) {
    if (device.from_host)
      text += fmt::format("  \"{}\" -> \"{}\" [label=\"{}\"];\n", host, device.name, rate(*device.from_host));
    if (device.to_host)
      text += fmt::format("  \"{}\" -> \"{}\" [label=\"{}\"];\n", device.name, host, rate(*device.to_host));
  }
  return text + "}\n";
}

}  // namespace upmem_des
