#include "platform/platform_writer.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 6;

void link_row(TextTable& table, const LinkSpec& link, const std::string& from, const std::string& to) {
  table.row({link.name, from, to, rounded_plain(link.bandwidth_Bps / 1e9, digits),
             rounded_plain(link.latency_s * 1e9, digits),
             rounded_plain(link.power_W / link.bandwidth_Bps / 8e-12, digits), rounded_plain(link.power_W, digits)});
}

}  // namespace

std::string platform_text(const PlatformSpec& platform) {
  using Align = TextTable::Align;
  TextTable devices({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  devices.row({"device", "TFLOP/s", "arithmetic W", "fixed-time W", "memory GB/s", "memory W"});
  devices.rule();
  TextTable links({Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  links.row({"link", "from", "to", "GB/s", "latency ns", "pJ/bit", "W"});
  links.rule();
  const std::string& host = platform.devices[host_device].name;
  for (const DeviceSpec& device : platform.devices) {
    devices.row({device.name, rounded_plain(device.ratings.flops_per_s / 1e12, digits),
                 rounded_plain(device.ratings.arithmetic_W, digits), rounded_plain(device.ratings.vector_W, digits),
                 rounded_plain(device.ratings.memory_Bps / 1e9, digits),
                 rounded_plain(device.ratings.memory_W, digits)});
    if (device.from_host) link_row(links, *device.from_host, host, device.name);
    if (device.to_host) link_row(links, *device.to_host, device.name, host);
    link_row(links, device.memory, device.name, device.name);
  }
  return devices.str() + "\n" + links.str();
}

}  // namespace upmem_des
