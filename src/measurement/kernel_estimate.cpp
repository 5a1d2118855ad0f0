#include "measurement/kernel_estimate.hpp"

namespace upmem_des {

namespace {

KernelTime ideal_time(const Architecture& device, const MeasuredKernel& kernel) {
  const EfficiencyForm& form = form_for(kernel.sizes);
  return form.time(kernel.sizes, device.rates(kernel.format), form.ideal());
}

/// An embedding, a norm: what was written just before is in the cache, so that the memory is no bound.
bool may_be_cached(const KernelSizes& sizes) {
  return std::holds_alternative<ElementwiseSizes>(sizes) || std::holds_alternative<AttentionSizes>(sizes);
}

}  // namespace

double estimated_s(const Architecture& device, const MeasuredKernel& kernel) {
  if (const FittedForm* const fitted = device.efficiency.find(kernel.sizes, kernel.format))
    return fitted->time(kernel.sizes, device.rates(kernel.format)).total_s();
  KernelTime time = ideal_time(device, kernel);
  time.overhead_s += device.launch_overhead_s;
  time.compute_s /= device.compute_efficiency;
  time.memory_s /= device.memory_efficiency;
  return time.total_s();
}

EstimateError error_of(const Architecture& device, const MeasuredKernel& kernel, double estimated_s) {
  const KernelTime ideal = ideal_time(device, kernel);
  const double least_s = may_be_cached(kernel.sizes) ? ideal.compute_s : ideal.total_s();
  return {device.name, kernel.kind, kernel.time_s, estimated_s, kernel.time_s < least_s * (1 - 1e-9)};
}

}  // namespace upmem_des
