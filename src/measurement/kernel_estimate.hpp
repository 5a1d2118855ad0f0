/// What a profile says of a kernel.
#pragma once

#include "architecture/architecture.hpp"
#include "measurement/measured_kernel.hpp"

namespace upmem_des {

DeviceRates rates_of(const Architecture& device, NumberFormat format);

/// How long a kernel takes that runs again and again, as it does where it is measured: by the device's efficiency for
/// its class, else by its peaks, shares and launch overhead.
double estimated_s(const Architecture& device, const MeasuredKernel& kernel);

/// By the device's peaks alone: what takes less is suspect. Of what may be in a cache there is no such bound.
double least_s(const Architecture& device, const MeasuredKernel& kernel);

}  // namespace upmem_des
