#include "cost/sum_demand.hpp"

#include "cost/power_limit.hpp"

namespace upmem_des {

namespace {

void add_memory(Step& step, const Architecture& device, double bytes) {
  step.memory_bytes = bytes;
  step.memory = {bytes / (device.memory.bandwidth_Bps * device.memory_efficiency),
                 bytes * device.memory.energy_J_per_byte};
  step = slowed_to_limit(step, device);
}

}  // namespace

Demand sum_demand(const Architecture& device, double tensors, double elements, double bytes_per_element,
                  bool is_launched) {
  if (tensors < 2 || elements <= 0) return {};
  Step step;
  step.overhead_s = is_launched ? device.launch_overhead_s : 0;
  step.flop = (tensors - 1) * elements;
  step.compute = {step.flop / (device.flops_per_s * device.compute_efficiency), step.flop * device.energy_J_per_flop};
  add_memory(step, device, (tensors + 1) * elements * bytes_per_element);
  return Demand(step);
}

Demand passing_demand(const Architecture& device, double bytes) {
  if (bytes <= 0) return {};
  Step step;
  add_memory(step, device, bytes);
  return Demand(step);
}

}  // namespace upmem_des
