/// What a profile says of a kernel.
#pragma once

#include <optional>

#include "measurement/error_summary.hpp"
#include "measurement/measured_kernel.hpp"
#include "upmem_des/architecture/architecture.hpp"

namespace upmem_des {

/// How long a kernel takes that runs again and again, as it does where it is measured: by the device's efficiency for
/// its class, else by its peaks, shares and launch overhead.
double estimated_s(const Architecture& device, const MeasuredKernel& kernel);

/// How far an estimate is. A kernel is suspect that took less than by the device's peaks alone; of what may be in a
/// cache the memory's is no bound.
EstimateError error_of(const Architecture& device, const MeasuredKernel& kernel, double estimated_s);

/// The power that a device draws on average while the kernel runs again and again: idle_W + active_W + the energy of
/// its flop and bytes over its estimated time, power_limit_W at most; none where it was not measured, and of
/// collectives.
std::optional<EstimateError> power_error(const Architecture& device, const MeasuredKernel& kernel);

}  // namespace upmem_des
