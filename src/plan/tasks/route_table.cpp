#include "plan/tasks/route_table.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

bool reaches(const RouteSpec& route, const std::vector<DeviceIndex>& devices) {
  return std::all_of(devices.begin(), devices.end(),
                     [&](DeviceIndex device) { return std::binary_search(route.to.begin(), route.to.end(), device); });
}

}  // namespace

RouteTable::RouteTable(const PlatformSpec& platform) : platform_(platform) {
  for (const RouteIndex i : platform.routes.listed()) {
    const RouteSpec& route = platform.routes[i];
    if (route.broadcast() && route.from == host_device) broadcasts_.push_back(i);
  }
  std::stable_sort(broadcasts_.begin(), broadcasts_.end(), [&](RouteIndex a, RouteIndex b) {
    return platform.routes[a].to.size() < platform.routes[b].to.size();
  });
}

std::optional<RouteIndex> RouteTable::find_broadcast(const std::vector<DeviceIndex>& devices) const {
  for (const RouteIndex route : broadcasts_)
    if (reaches(platform_.routes[route], devices)) return route;
  return std::nullopt;
}

}  // namespace upmem_des
