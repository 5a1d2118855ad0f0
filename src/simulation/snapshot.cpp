#include "simulation/snapshot.hpp"

#include <utility>

#include "simulation/event_costs.hpp"

namespace upmem_des {

namespace {

const char* kind_of(LinkRole role) {
  switch (role) {
    case LinkRole::HostToDevice:
      return "host_to_device";
    case LinkRole::DeviceToHost:
      return "device_to_host";
    case LinkRole::DeviceToDevice:
      break;
  }
  return "device_to_device";
}

}  // namespace

std::vector<LinkResult> link_results(const PlatformSpec& platform) {
  std::vector<LinkResult> links;
  for (const LinkSpec& spec : platform.links) {
    LinkResult link;
    link.name = spec.name;
    link.kind = kind_of(spec.role);
    link.owner = spec.owner;
    link.bandwidth_Bps = spec.bandwidth_Bps;
    links.push_back(std::move(link));
  }
  return links;
}

Snapshot empty_snapshot(const PlatformSpec& platform) {
  Snapshot snapshot;
  snapshot.energy.devices.resize(platform.devices.size());
  snapshot.energy.links_J.resize(platform.links.size());
  return snapshot;
}

void fill_energies(const PlatformSpec& platform, const Snapshot& prefill_end, const Snapshot& end,
                   SimulationResult& result) {
  const Snapshot start = empty_snapshot(platform);
  const Snapshot* const bounds[] = {&start, &prefill_end, &end};
  for (std::size_t p = 0; p < phase_count; ++p) {
    const Snapshot& from = *bounds[p];
    const Snapshot& to = *bounds[p + 1];
    PhaseResult& phase = result.phases[p];
    phase.time_s = to.time_s - from.time_s;
    phase.energy = EnergyParts();
    for (std::size_t i = 0; i < platform.devices.size(); ++i) {
      const EnergyParts energy = to.energy.devices[i] - from.energy.devices[i];
      result.devices[i].phase_energy[p] = energy;
      phase.energy += energy;
    }
    for (std::size_t i = 0; i < platform.links.size(); ++i) {
      const LinkSpec& link = platform.links[i];
      const double energy_J = to.energy.links_J[i] - from.energy.links_J[i];
      result.links[i].energy_J[p] = energy_J;
      energy_part(phase.energy, link.role) += energy_J;
      if (link.owner) energy_part(result.devices[*link.owner].phase_energy[p], link.role) += energy_J;
    }
  }
  for (std::size_t i = 0; i < platform.devices.size(); ++i) result.devices[i].energy = end.energy.devices[i];
  for (std::size_t i = 0; i < platform.links.size(); ++i)
    if (const LinkSpec& link = platform.links[i]; link.owner)
      energy_part(result.devices[*link.owner].energy, link.role) += end.energy.links_J[i];
  result.time_s = end.time_s;
}

}  // namespace upmem_des
