/// Machines of small networks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "platform/generated_platform.hpp"
#include "task_bench.hpp"

namespace upmem_des::test {

inline constexpr double link_Bps = 20e9;
inline constexpr double latency_s = 1e-6;
inline constexpr double fast_Bps = 200e9;
inline constexpr double slow_Bps = 10e9;

/// Adds links and routes of networks to a star of devices.
class Networks {
 public:
  explicit Networks(std::size_t devices) : platform(star(devices)) {}

  Networks& fully_meshed(const std::vector<DeviceIndex>& devices) {
    for (const DeviceIndex from : devices)
      for (const DeviceIndex to : devices)
        if (from != to) route(from, to, {link(link_Bps)});
    return named(devices);
  }
  /// Ways between neighbours only.
  Networks& in_a_ring(const std::vector<DeviceIndex>& devices) {
    for (std::size_t i = 0; i < devices.size(); ++i) {
      const DeviceIndex next = devices[(i + 1) % devices.size()];
      route(devices[i], next, {link(link_Bps)});
      route(next, devices[i], {link(link_Bps)});
    }
    return named(devices);
  }
  Networks& on_a_switch(const std::vector<DeviceIndex>& devices, double Bps) {
    std::map<DeviceIndex, LinkIndex> to_switch;
    std::map<DeviceIndex, LinkIndex> from_switch;
    for (const DeviceIndex device : devices) {
      to_switch[device] = link(Bps);
      from_switch[device] = link(Bps);
    }
    for (const DeviceIndex from : devices)
      for (const DeviceIndex to : devices)
        if (from != to && !platform.find_route(from, to)) route(from, to, {to_switch[from], from_switch[to]});
    return named(devices);
  }

  PlatformSpec platform;

 private:
  LinkIndex link(double Bps) {
    LinkSpec made;
    made.name = "link" + std::to_string(platform.links.size());
    made.bandwidth_Bps = Bps;
    made.latency_s = latency_s;
    made.role = LinkRole::DeviceToDevice;
    platform.links.push_back(made);
    return platform.links.size() - 1;
  }
  void route(DeviceIndex from, DeviceIndex to, std::vector<LinkIndex> links) {
    platform.routes.push_back({from, {to}, std::move(links)});
  }
  Networks& named(const std::vector<DeviceIndex>& devices) {
    NetworkSpec network;
    network.devices = devices;
    platform.networks.push_back(network);
    return *this;
  }
};

inline std::vector<DeviceIndex> first_devices(std::size_t n) {
  std::vector<DeviceIndex> devices;
  for (DeviceIndex i = 1; i <= n; ++i) devices.push_back(i);
  return devices;
}

/// Fixed for all collectives without a root.
inline FixedAlgorithms only(const std::string& name) {
  FixedAlgorithms fixed;
  for (const Collective collective : all_collectives)
    if (!has_root(collective)) fixed[static_cast<std::size_t>(collective)] = name;
  return fixed;
}

}  // namespace upmem_des::test
