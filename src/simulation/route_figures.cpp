#include "simulation/route_figures.hpp"

#include <algorithm>

#include "platform/device_names.hpp"
#include "simulation/event_costs.hpp"

namespace upmem_des {

namespace {

std::vector<RouteSpec::End> ends_of(const RouteSpec& route) {
  std::vector<RouteSpec::End> ends;
  if (route.from != host_device) ends.push_back({route.from, 1});
  for (const DeviceIndex to : route.to)
    if (to != host_device && to != route.from) ends.push_back({to, 1});
  if (ends.empty()) ends.push_back({host_device, 1});
  return ends;
}

RouteFigures figures_of(const PlatformSpec& platform, const RouteSpec& route) {
  RouteFigures figures;
  figures.name = route_name(platform, route);
  if (!route.broadcast() && route.to.front() == host_device)
    figures.kind = TransferKind::DeviceToHost;
  else if (route.from != host_device)
    figures.kind = TransferKind::DeviceToDevice;
  figures.bandwidth_Bps = platform.bandwidth_Bps(route);
  for (const LinkIndex index : route.links) {
    const LinkSpec& link = platform.links[index];
    energy_part(figures.energy_J_per_byte, link.role) += link.energy_J_per_byte();
    if (link.medium)
      figures.bandwidth_Bps = std::min(figures.bandwidth_Bps, platform.media[*link.medium].bandwidth_Bps);
  }
  figures.arrives = route.arrives;
  figures.counts_at = route.is_collective() ? route.ends : ends_of(route);
  return figures;
}

}  // namespace

const RouteFigures& RouteFigureTable::operator[](RouteIndex route) const {
  const auto known = made_.find(route);
  if (known != made_.end()) return known->second;
  return made_.emplace(route, figures_of(platform_, platform_.routes[route])).first->second;
}

double& busy_part(BusyTimes& busy, TransferKind kind) {
  switch (kind) {
    case TransferKind::HostToDevice:
      return busy.host_to_device_s;
    case TransferKind::DeviceToHost:
      return busy.device_to_host_s;
    case TransferKind::DeviceToDevice:
      break;
  }
  return busy.device_to_device_s;
}

double& moved_part(MovedBytes& moved, TransferKind kind) {
  switch (kind) {
    case TransferKind::HostToDevice:
      return moved.host_to_device_B;
    case TransferKind::DeviceToHost:
      return moved.device_to_host_B;
    case TransferKind::DeviceToDevice:
      break;
  }
  return moved.device_to_device_B;
}

}  // namespace upmem_des
