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

EnergyMeter::Reading EnergyMeter::read() const {
  Reading reading;
  for (const SimDevice& device : machine_.devices()) {
    EnergyParts energy;
    energy.main_mem_J = energy_J(device.memory);
    energy.compute_J = energy_J(device.arithmetic) + energy_J(device.vector);
    energy.active_J = energy_J(device.active);
    energy.idle_J = energy_J(device.idle);
    reading.devices.push_back(energy);
  }
  for (simgrid::s4u::Link* link : machine_.links()) reading.links_J.push_back(energy_J(link));
  return reading;
}

}  // namespace upmem_des
