#include "efficiency/smooth_maximum.hpp"

#include <algorithm>
#include <cmath>

namespace upmem_des {

double smooth_maximum(double sharpness, double a, double b, double c) {
  const double largest = std::max({a, b, c});
  if (largest <= 0 || sharpness >= sharpest) return largest;
  const auto part = [&](double one) { return one > 0 ? std::pow(one / largest, sharpness) : 0; };
  return largest * std::pow(part(a) + part(b) + part(c), 1 / sharpness);
}

KernelTime side_by_side(double sharpness, double compute_s, double memory_s, double serial_s) {
  const double all_s = smooth_maximum(sharpness, compute_s, memory_s, serial_s);
  const double longer_s = std::max(compute_s, memory_s);
  if (longer_s <= 0) return {all_s, 0, 0};
  const double stretch = all_s / longer_s;
  return {0, compute_s * stretch, memory_s * stretch};
}

}  // namespace upmem_des
