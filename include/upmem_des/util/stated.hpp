/// Numbers that nobody can state.
#pragma once

#include <cmath>
#include <limits>

namespace upmem_des {

/// Stands in results for an energy or a power of which not all parts are known. Sums and ratios with it are not stated
/// either. It is never written as a number: JSON has null, texts "not stated".
inline constexpr double not_stated = std::numeric_limits<double>::quiet_NaN();

inline bool is_stated(double value) {
  return !std::isnan(value);
}

/// What texts say in its place.
inline constexpr const char* not_stated_text = "not stated";

}  // namespace upmem_des
