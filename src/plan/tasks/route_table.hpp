/// Routes by their ends. Internal to the room.
#pragma once

#include <optional>
#include <vector>

#include "platform/platform_spec.hpp"

namespace upmem_des {

class RouteTable {
 public:
  explicit RouteTable(const PlatformSpec& platform);

  /// The direct route from one device to another, if there is one.
  std::optional<RouteIndex> find(DeviceIndex from, DeviceIndex to) const;
  /// Of a route that the platform had when the table was made.
  double latency_s(RouteIndex route) const { return latencies_s_[route]; }
  /// The broadcast from the host that reaches all of `devices` and the fewest others, if there is one.
  std::optional<RouteIndex> find_broadcast(const std::vector<DeviceIndex>& devices) const;

 private:
  const PlatformSpec& platform_;
  std::size_t devices_ = 0;
  std::vector<RouteIndex> by_ends_;  // from · devices + to; `none` where there is no route
  std::vector<RouteIndex> broadcasts_;
  std::vector<double> latencies_s_;
};

}  // namespace upmem_des
