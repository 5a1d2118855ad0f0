#include "run/collective_overview.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "plan/collectives/rooted_choice.hpp"
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

/// A broadcast comes from the host; the first device is the root of others.
RootedCollective with_root(const std::vector<DeviceIndex>& group, Collective collective) {
  RootedCollective what{collective, group, 0, even_shares(group.size())};
  if (collective == Collective::Reduce) what.shares.assign(group.size(), 1);
  if (collective != Collective::Broadcast) return what;
  what.devices.insert(what.devices.begin(), host_device);
  what.shares.assign(what.devices.size(), 0);
  what.shares.front() = 1;
  return what;
}

std::string devices_text(const PlatformSpec& platform, const std::vector<DeviceIndex>& group, Collective collective) {
  std::string devices = device_set_name(platform, group);
  if (!has_root(collective)) return devices;
  if (collective == Collective::Broadcast) return device_set_name(platform, {host_device}) + " to " + devices;
  return devices + " to " + device_set_name(platform, {group.front()});
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
  const RouteTable routes(platform);
  const RootedChoice rooted(platform, routes, collectives);
  for (const std::vector<DeviceIndex>& group : groups)
    for (const Collective collective : all_collectives) {
      std::vector<std::string> row{name_of(collective), devices_text(platform, group, collective)};
      const auto add = [&](const CollectiveAlgorithm& algorithm, double time_s) {
        row.push_back(algorithm.title());
        row.push_back(fmt::format("{:.5g}", time_s * 1e6));
      };
      for (const Size& size : sizes) {
        if (has_root(collective)) {
          const RootedPlan plan = rooted.choose(with_root(group, collective), size.bytes);
          add(*plan.algorithm, plan.time_s);
        } else {
          const CollectivePlan& plan = collectives.choose(group, collective, size.bytes);
          add(*plan.algorithm, plan.time_s(size.bytes));
        }
      }
      table.row(row);
    }
  return "\n" + table.str();
}

}  // namespace upmem_des
