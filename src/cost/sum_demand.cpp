#include "cost/sum_demand.hpp"

namespace upmem_des {

Demand sum_demand(const Architecture& device, double tensors, double elements, double bytes_per_element,
                  bool is_launched) {
  if (tensors < 2 || elements <= 0) return {};
  Step step;
  step.overhead_s = is_launched ? device.launch_overhead_s : 0;
  step.flop = (tensors - 1) * elements;
  step.memory_bytes = (tensors + 1) * elements * bytes_per_element;
  step.compute = {step.flop / (device.flops_per_s * device.compute_efficiency), step.flop * device.energy_J_per_flop};
  step.memory = {step.memory_bytes / (device.memory.bandwidth_Bps * device.memory_efficiency),
                 step.memory_bytes * device.memory.energy_J_per_byte};
  return Demand(step);
}

}  // namespace upmem_des
