#include "run/collective_overview.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "platform/device_names.hpp"
#include "run/fixed_algorithms.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

struct Size {
  const char* name;
  double bytes;
};
constexpr Size sizes[] = {{"16 kB", 16e3}, {"1 MB", 1e6}, {"1 GB", 1e9}};

/// Of larger groups the table would be long to make.
constexpr std::size_t most_devices = 1024;

std::vector<std::vector<DeviceIndex>> groups_of(const PlatformSpec& platform) {
  std::vector<std::vector<DeviceIndex>> groups;
  std::set<std::vector<DeviceIndex>> known;
  const auto add = [&](const std::vector<DeviceIndex>& devices) {
    if (devices.size() > 1 && devices.size() <= most_devices && known.insert(devices).second) groups.push_back(devices);
  };
  for (const DeviceGroup& group : platform.groups) {
    std::vector<DeviceIndex> devices;
    for (DeviceIndex i = group.first; i < group.first + group.count; ++i) devices.push_back(i);
    add(devices);
  }
  std::set<std::string> lines;  // of the file: each makes equal networks
  for (const NetworkSpec& network : platform.networks)
    if (lines.insert(network.group).second) add(network.devices);
  return groups;
}

}  // namespace

std::string collective_overview(PlatformSpec platform, double bytes_per_element) {
  const std::vector<std::vector<DeviceIndex>> groups = groups_of(platform);
  if (groups.empty()) return {};
  const FixedAlgorithms fixed = fixed_algorithms(platform.collectives, {});
  const CollectiveTable collectives(platform, groups, bytes_per_element, fixed);
  using Align = TextTable::Align;
  TextTable table(
      {Align::Left, Align::Left, Align::Left, Align::Right, Align::Left, Align::Right, Align::Left, Align::Right});
  std::vector<std::string> heading{"collective", "devices"};
  for (const Size& size : sizes) {
    heading.emplace_back(size.name);
    heading.emplace_back("us");
  }
  table.row(heading);
  table.rule();
  for (const std::vector<DeviceIndex>& group : groups)
    for (const Collective collective : all_collectives) {
      std::vector<std::string> row{name_of(collective), device_set_name(platform, group)};
      for (const Size& size : sizes) {
        const CollectivePlan& plan = collectives.choose(group, collective, size.bytes);
        row.push_back(plan.algorithm->title());
        row.push_back(fmt::format("{:.5g}", plan.time_s(size.bytes) * 1e6));
      }
      table.row(row);
    }
  return "\n" + table.str();
}

}  // namespace upmem_des
