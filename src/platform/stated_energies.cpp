#include "platform/stated_energies.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// A link of one device has the figure of its profile.
bool states(const PlatformSpec& platform, const LinkSpec& link) {
  if (!link.owner || link.role == LinkRole::DeviceToDevice) return true;
  const Architecture& profile = platform.devices[*link.owner].architecture;
  const Port& port = link.role == LinkRole::HostToDevice ? profile.host_to_device : profile.device_to_host;
  return port.energy_J_per_byte.is_stated();
}

}  // namespace

StatedEnergies::StatedEnergies(const PlatformSpec& platform) {
  for (const DeviceSpec& device : platform.devices) {
    std::vector<std::string> keys = device.architecture.energies_not_stated();
    devices_.push_back(keys.empty());
    std::pair<std::string, std::vector<std::string>> gap{device.architecture.name, std::move(keys)};
    if (!devices_.back() && std::find(gaps_.begin(), gaps_.end(), gap) == gaps_.end()) gaps_.push_back(std::move(gap));
  }
  for (const LinkSpec& link : platform.links) links_.push_back(states(platform, link));
}

bool StatedEnergies::all_links() const {
  return std::all_of(links_.begin(), links_.end(), [](bool is_stated) { return is_stated; });
}

bool StatedEnergies::of_route(const RouteSpec& route) const {
  return std::all_of(route.links.begin(), route.links.end(), [&](LinkIndex link) { return of_link(link); });
}

}  // namespace upmem_des
