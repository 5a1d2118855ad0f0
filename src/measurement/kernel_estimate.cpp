#include "measurement/kernel_estimate.hpp"

#include <algorithm>

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
  if (const auto fitted = device.efficiency.time(kernel.sizes, kernel.format, device.rates(kernel.format)))
    return fitted->total_s();
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

std::optional<EstimateError> power_error(const Architecture& device, const MeasuredKernel& kernel) {
  if (!device.states_power() || kernel.power_W <= 0 || std::holds_alternative<CollectiveSizes>(kernel.sizes))
    return std::nullopt;
  const KernelTime ideal = ideal_time(device, kernel);
  const DeviceRates rates = device.rates(kernel.format);
  const double energy_J = ideal.compute_s * rates.flops_per_s * device.energy_J_per_flop +
                          ideal.memory_s * rates.memory_Bps * device.memory.energy_J_per_byte;
  double power_W = device.idle_W + device.active_W + energy_J / estimated_s(device, kernel);
  if (device.power_limit_W) power_W = std::min(power_W, *device.power_limit_W);
  return EstimateError{device.name, kernel.kind, kernel.power_W, power_W, false};
}

}  // namespace upmem_des
