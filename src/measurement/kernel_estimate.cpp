#include "measurement/kernel_estimate.hpp"

namespace upmem_des {

namespace {

const EfficiencyForm& form_of(const KernelSizes& sizes) {
  for (const EfficiencyForm* form : efficiency_forms())
    if (form->serves(sizes)) return *form;
  throw SimulationError("internal: a kernel that no form serves");
}

KernelTime ideal_time(const Architecture& device, const MeasuredKernel& kernel) {
  const EfficiencyForm& form = form_of(kernel.sizes);
  return form.time(kernel.sizes, rates_of(device, kernel.format), form.ideal());
}

/// An embedding, a norm: what was written just before is in the cache, so that the memory is no bound.
bool may_be_cached(const KernelSizes& sizes) {
  return std::holds_alternative<ElementwiseSizes>(sizes) || std::holds_alternative<AttentionSizes>(sizes);
}

}  // namespace

DeviceRates rates_of(const Architecture& device, NumberFormat format) {
  return {device.peak_flops_per_s(format), device.memory.bandwidth_Bps, device.cache_B, device.cores, device.peer_Bps};
}

double estimated_s(const Architecture& device, const MeasuredKernel& kernel) {
  if (const FittedForm* const fitted = device.efficiency.find(kernel.sizes, kernel.format))
    return fitted->time(kernel.sizes, rates_of(device, kernel.format)).total_s();
  KernelTime time = ideal_time(device, kernel);
  time.overhead_s += device.launch_overhead_s;
  time.compute_s /= device.compute_efficiency;
  time.memory_s /= device.memory_efficiency;
  return time.total_s();
}

double least_s(const Architecture& device, const MeasuredKernel& kernel) {
  const KernelTime time = ideal_time(device, kernel);
  return may_be_cached(kernel.sizes) ? time.compute_s : time.total_s();
}

}  // namespace upmem_des
