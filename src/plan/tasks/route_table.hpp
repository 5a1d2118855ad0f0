/// Routes by their ends. Internal to the room.
#pragma once

#include <optional>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

class RouteTable {
 public:
  explicit RouteTable(const PlatformSpec& platform);

  /// The direct route from one device to another, if there is one.
  std::optional<RouteIndex> find(DeviceIndex from, DeviceIndex to) const { return platform_.find_route(from, to); }
  double latency_s(RouteIndex route) const { return platform_.latency_s(platform_.routes[route]); }
  /// The broadcast from the host that reaches all of `devices` and the fewest others, if there is one.
  std::optional<RouteIndex> find_broadcast(const std::vector<DeviceIndex>& devices) const;

 private:
  const PlatformSpec& platform_;
  std::vector<RouteIndex> broadcasts_;
};

}  // namespace upmem_des
