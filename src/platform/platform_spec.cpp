#include "platform/platform_spec.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des {

std::optional<RouteIndex> PlatformSpec::find_route(DeviceIndex from, DeviceIndex to) const {
  for (RouteIndex i = 0; i < routes.size(); ++i)
    if (routes[i].from == from && !routes[i].broadcast() && !routes[i].is_collective() && routes[i].to.front() == to)
      return i;
  return std::nullopt;
}

bool PlatformSpec::has_peer_routes() const {
  return std::any_of(routes.begin(), routes.end(), [](const RouteSpec& route) {
    return route.from != host_device && route.to.front() != host_device;
  });
}

double PlatformSpec::bandwidth_Bps(const RouteSpec& route) const {
  double slowest = std::numeric_limits<double>::infinity();
  for (const LinkIndex link : route.links) slowest = std::min(slowest, links[link].bandwidth_Bps);
  return slowest;
}

double PlatformSpec::latency_s(const RouteSpec& route) const {
  double sum = 0;
  if (route.broadcast()) {
    for (const DeviceIndex device : route.to)
      if (const auto alone = devices[device].from_host) sum = std::max(sum, latency_s(routes[*alone]));
    return sum;
  }
  for (const LinkIndex link : route.links) sum += links[link].latency_s;
  return sum;
}

double PlatformSpec::energy_J_per_byte(const RouteSpec& route) const {
  double sum = 0;
  for (const LinkIndex link : route.links) sum += links[link].energy_J_per_byte();
  return sum;
}

}  // namespace upmem_des
