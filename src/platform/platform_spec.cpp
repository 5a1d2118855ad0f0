#include "upmem_des/platform/platform_spec.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace upmem_des {

namespace {

constexpr std::array topology_names{"switch", "ring", "mesh", "torus", "fat_tree", "dragonfly"};

}  // namespace

const char* topology_name(NetworkTopology topology) {
  return topology_names[static_cast<std::size_t>(topology)];
}

std::optional<std::size_t> PlatformSpec::network_of(const std::vector<DeviceIndex>& joined) const {
  std::vector<DeviceIndex> sorted(joined);
  std::sort(sorted.begin(), sorted.end());
  std::optional<std::size_t> lowest;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    if (lowest && networks[i].level >= networks[*lowest].level) continue;
    std::vector<DeviceIndex> members(networks[i].devices);
    std::sort(members.begin(), members.end());
    if (std::includes(members.begin(), members.end(), sorted.begin(), sorted.end())) lowest = i;
  }
  return lowest;
}

bool PlatformSpec::has_peer_routes() const {
  const std::vector<RouteIndex>& listed = routes.listed();
  return routes.has_networks() || std::any_of(listed.begin(), listed.end(), [&](RouteIndex route) {
           return routes[route].from != host_device && routes[route].to.front() != host_device;
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
