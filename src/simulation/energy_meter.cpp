#include "simulation/energy_meter.hpp"

#include <simgrid/plugins/energy.h>

namespace upmem_des {

namespace {

double energy_J(simgrid::s4u::Host* host) {
  return host == nullptr ? 0 : sg_host_get_consumed_energy(host);
}

double energy_J(simgrid::s4u::Link* link) {
  return link == nullptr ? 0 : sg_link_get_consumed_energy(link);
}

}  // namespace

std::vector<EnergyParts> EnergyMeter::read() const {
  std::vector<EnergyParts> parts;
  for (const SimDevice& device : machine_.devices()) {
    EnergyParts energy;
    energy.host_to_device_J = energy_J(device.from_host.link);
    energy.device_to_host_J = energy_J(device.to_host.link);
    energy.main_mem_J = energy_J(device.memory);
    energy.compute_J = energy_J(device.arithmetic) + energy_J(device.vector);
    energy.idle_J = energy_J(device.idle);
    parts.push_back(energy);
  }
  return parts;
}

}  // namespace upmem_des
