/// The peak rates and powers of a device's parts.
#pragma once

namespace upmem_des {

/// From these SimGrid's energy plugins are set up: a part that is busy at its full rate draws its power, a part of the
/// rate that part of the power. No event may ask for more.
struct DeviceRatings {
  double flops_per_s = 0;
  double arithmetic_W = 0;
  double vector_W = 0;  ///< of operators with a fixed time per element
  double memory_Bps = 0;
  double memory_W = 0;
};

}  // namespace upmem_des
