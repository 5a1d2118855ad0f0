#include "simulation/event_costs.hpp"

namespace upmem_des {

BusyTimes add_demand(const Demand& demand, EventCost& cost) {
  BusyTimes work;
  for (const Step& step : demand) {
    work.compute_s += step.compute.time_s;
    work.mem_transfer_s += step.memory.time_s;
    work.kv_load_s += step.kv.time_s;
    cost.energy.compute_J += step.compute.energy_J;
    cost.energy.main_mem_J += step.memory.energy_J + step.kv.energy_J;
    cost.flop += step.flop;
    cost.memory_bytes += step.memory_bytes + step.kv_bytes;
  }
  cost.busy += work;
  return work;
}

double& energy_part(EnergyParts& energy, LinkRole role) {
  switch (role) {
    case LinkRole::HostToDevice:
      return energy.host_to_device_J;
    case LinkRole::DeviceToHost:
      return energy.device_to_host_J;
    case LinkRole::DeviceToDevice:
      break;
  }
  return energy.device_to_device_J;
}

}  // namespace upmem_des
