#include "calibration/minimum.hpp"

namespace upmem_des {

bool has_minimum() {
  return false;
}

Minimum minimum_of(const std::function<double(const std::vector<double>&)>& /*function*/,
                   const std::vector<double>& start) {
  return {start, 0, false};
}

}  // namespace upmem_des
