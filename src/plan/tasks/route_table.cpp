#include "plan/tasks/route_table.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des {

namespace {

constexpr RouteIndex none = std::numeric_limits<RouteIndex>::max();

bool reaches(const RouteSpec& route, const std::vector<DeviceIndex>& devices) {
  return std::all_of(devices.begin(), devices.end(),
                     [&](DeviceIndex device) { return std::binary_search(route.to.begin(), route.to.end(), device); });
}

}  // namespace

RouteTable::RouteTable(const PlatformSpec& platform) : platform_(platform), devices_(platform.devices.size()) {
  by_ends_.resize(devices_ * devices_, none);
  for (RouteIndex i = 0; i < platform.routes.size(); ++i) {
    const RouteSpec& route = platform.routes[i];
    latencies_s_.push_back(platform.latency_s(route));
    if (route.is_collective()) continue;
    if (!route.broadcast()) {
      by_ends_[route.from * devices_ + route.to.front()] = i;
    } else if (route.from == host_device) {
      broadcasts_.push_back(i);
    }
  }
  std::stable_sort(broadcasts_.begin(), broadcasts_.end(), [&](RouteIndex a, RouteIndex b) {
    return platform.routes[a].to.size() < platform.routes[b].to.size();
  });
}

std::optional<RouteIndex> RouteTable::find(DeviceIndex from, DeviceIndex to) const {
  const RouteIndex route = by_ends_[from * devices_ + to];
  if (route == none) return std::nullopt;
  return route;
}

std::optional<RouteIndex> RouteTable::find_broadcast(const std::vector<DeviceIndex>& devices) const {
  for (const RouteIndex route : broadcasts_)
    if (reaches(platform_.routes[route], devices)) return route;
  return std::nullopt;
}

}  // namespace upmem_des
