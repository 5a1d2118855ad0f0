/// What a machine does in a span of simulated time.
#pragma once

#include <vector>

#include "simulation/stretch.hpp"

namespace upmem_des {

/// Everything is spread over the whole span: sums are exact at its end.
struct Window {
  double start_s = 0;
  double end_s = 0;
  std::vector<Stretch> devices;  ///< by DeviceIndex; their time is that of the span
  std::vector<double> links_B;   ///< by LinkIndex
};

}  // namespace upmem_des
