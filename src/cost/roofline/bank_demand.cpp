#include "cost/roofline/bank_demand.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

double bandwidth_Bps(const Architecture& device) {
  return device.memory.bandwidth_Bps * device.memory_efficiency;
}

/// No way to the memory is faster than the memory.
double controller_Bps(const Architecture& device) {
  const double own = device.pim->controller->bandwidth_Bps;
  return own > 0 ? std::min(own, bandwidth_Bps(device)) : bandwidth_Bps(device);
}

double controller_J_per_byte(const Architecture& device) {
  return device.pim->controller->energy_J_per_byte.value_or(device.memory.energy_J_per_byte);
}

double transfer_s(double bytes, double rate_Bps) {
  return rate_Bps > 0 ? bytes / rate_Bps : 0;
}

/// A serial controller is as long busy as both together.
void add_serial(const Architecture& device, Step& step) {
  if (device.pim->controller->is_serial)
    step.overhead_s += std::min(step.compute.time_s, step.memory.time_s + step.kv.time_s);
}

/// The scores are read from the banks, and the probabilities written back.
Step softmax_step(const OperatorWork& work, const Architecture& device) {
  Step step;
  step.unit = ComputeUnit::Vector;
  step.flop = work.softmax_flop;
  step.compute.energy_J = step.flop * device.energy_J_per_flop;
  step.compute.time_s = device.softmax_s_per_element ? work.softmax_elements * *device.softmax_s_per_element
                                                     : step.flop / device.pim->controller->flops_per_s;
  step.memory_bytes = 2 * work.softmax_bytes;
  step.memory = {step.memory_bytes / controller_Bps(device), step.memory_bytes * controller_J_per_byte(device)};
  add_serial(device, step);
  return step;
}

/// `bytes` of a stream lie in rows of a share of the banks, which alone are read then.
void read_rows(const Architecture& device, double bytes, double passes, double used, Work& stream) {
  const PimBanks& pim = *device.pim;
  stream.time_s += bytes / bandwidth_Bps(device) * (1 / used - 1) + pim.opening_s(bytes, passes, used);
  stream.energy_J += bytes * pim.opening_J_per_byte();
}

}  // namespace

bool runs_in_banks(const PimBanks& pim, OperatorClass kind, ElementClass element, double flop) {
  if (flop == 0) return true;
  if (element == ElementClass::Softmax && pim.controller) return false;
  return pim.compute(kind);
}

Demand bank_demand(Step step, const OperatorWork& work, const Architecture& device) {
  const PimBanks& pim = *device.pim;
  read_rows(device, work.weight_bytes, work.passes, pim.used_by_outputs(work.outputs), step.memory);
  read_rows(device, step.kv_bytes, work.passes, pim.used_by_caches(work.caches), step.kv);
  step.overhead_s += transfer_s(work.input_bytes * pim.input_copies, pim.input_Bps);
  step.overhead_s += transfer_s(work.output_bytes, pim.output_Bps);
  if (work.softmax_elements == 0 || !pim.controller) return Demand(step);
  const double in_banks = (step.flop - work.softmax_flop) / step.flop;
  step.flop *= in_banks;
  step.compute.time_s *= in_banks;
  step.compute.energy_J *= in_banks;
  return {step, softmax_step(work, device)};
}

Demand controller_demand(Step step, const OperatorWork& work, const std::optional<double>& s_per_element,
                         const Architecture& device) {
  step.unit = ComputeUnit::Vector;
  step.overhead_s = device.launch_overhead_s;
  step.compute.time_s =
      s_per_element ? work.elements * *s_per_element : step.flop / device.pim->controller->flops_per_s;
  step.memory = {step.memory_bytes / controller_Bps(device), step.memory_bytes * controller_J_per_byte(device)};
  step.kv = {step.kv_bytes / controller_Bps(device), step.kv_bytes * controller_J_per_byte(device)};
  add_serial(device, step);
  return Demand(step);
}

void add_bank_ratings(const Architecture& device, DeviceRatings& ratings) {
  const PimBanks& pim = *device.pim;
  ratings.memory_W = device.memory.bandwidth_Bps * (device.memory.energy_J_per_byte + pim.opening_J_per_byte());
  if (!pim.controller) return;
  ratings.memory_W = std::max(ratings.memory_W, controller_Bps(device) * controller_J_per_byte(device));
  ratings.vector_W = std::max(ratings.vector_W, pim.controller->flops_per_s * device.energy_J_per_flop);
}

}  // namespace upmem_des
