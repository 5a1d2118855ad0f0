#include "timeline/paje/paje_hierarchy.hpp"

#include <array>

#include "platform/device_names.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t machine_container = 0;

}  // namespace

const char* to_string(PajeKind kind) {
  constexpr std::array<const char*, paje_kind_count> names{"machine", "HOST", "device", "shared link",
                                                           "network", "link", "route"};
  return names[static_cast<std::size_t>(kind)];
}

PajeHierarchy::PajeHierarchy(const PlatformSpec& platform, const std::string& title)
    : platform_(platform),
      devices_(platform.devices.size()),
      links_(platform.links.size(), machine_container),
      shared_links_(platform.shared_links.size(), machine_container) {
  types_.push_back({"machine", "0", PajeKind::Machine});
  containers_.push_back({"m", 0, "0", title.empty() ? to_string(PajeKind::Machine) : title});
  devices_[host_device] = add(PajeKind::Host, "d0", machine_container, platform.devices[host_device].name);
  add_shared_links();
  add_devices();
  add_networks();
  add_other_links();
  for (DeviceIndex i = 0; i < devices_.size(); ++i) type(PajeKind::Route, containers_[devices_[i]].type);
}

PajeContainer PajeHierarchy::route(RouteIndex route) const {
  const PajeContainer& from = device(platform_.routes[route].from);
  return {"r" + std::to_string(route), type_under_.at({from.type, PajeKind::Route}), from.alias,
          route_name(platform_, platform_.routes[route])};
}

std::size_t PajeHierarchy::type(PajeKind kind, std::size_t under_type) {
  const auto [known, is_new] = type_under_.emplace(std::pair(under_type, kind), types_.size());
  if (is_new) types_.push_back({"t" + std::to_string(types_.size()), types_[under_type].alias, kind});
  return known->second;
}

std::size_t PajeHierarchy::add(PajeKind kind, const std::string& alias, std::size_t under, const std::string& name) {
  containers_.push_back({alias, type(kind, containers_[under].type), containers_[under].alias, name});
  return containers_.size() - 1;
}

void PajeHierarchy::add_link(LinkIndex link, std::size_t under) {
  if (links_[link] == machine_container)
    links_[link] = add(PajeKind::Link, "l" + std::to_string(link), under, platform_.links[link].name);
}

void PajeHierarchy::add_shared_links() {
  // A link may stand before the one it is under: as many rounds as the tree has levels.
  for (bool is_any_new = true; is_any_new;) {
    is_any_new = false;
    for (std::size_t i = 0; i < shared_links_.size(); ++i) {
      const SharedLinkSpec& shared = platform_.shared_links[i];
      const std::size_t under = shared.under ? shared_links_[*shared.under] : machine_container;
      if (shared_links_[i] != machine_container || (shared.under && under == machine_container)) continue;
      shared_links_[i] = add(PajeKind::SharedLink, "s" + std::to_string(i), under, shared.name);
      add_link(shared.host_to_device, shared_links_[i]);
      add_link(shared.device_to_host, shared_links_[i]);
      is_any_new = true;
    }
  }
}

void PajeHierarchy::add_devices() {
  for (DeviceIndex i = 0; i < devices_.size(); ++i) {
    if (i == host_device) continue;
    const DeviceSpec& device = platform_.devices[i];
    devices_[i] = add(PajeKind::Device, "d" + std::to_string(i),
                      device.under ? shared_links_[*device.under] : machine_container, device.name);
  }
}

void PajeHierarchy::add_networks() {
  // A network's links follow its first one, up to the next network's.
  const auto& networks = platform_.networks;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const std::size_t network = add(PajeKind::Network, "n" + std::to_string(i), machine_container, networks[i].name);
    const LinkIndex end = i + 1 < networks.size() ? networks[i + 1].link : platform_.links.size();
    for (LinkIndex link = networks[i].link; link < end; ++link)
      if (platform_.links[link].role == LinkRole::DeviceToDevice) add_link(link, network);
  }
}

void PajeHierarchy::add_other_links() {
  for (LinkIndex i = 0; i < links_.size(); ++i) {
    const auto& owner = platform_.links[i].owner;
    add_link(i, owner ? devices_[*owner] : machine_container);
  }
}

}  // namespace upmem_des
