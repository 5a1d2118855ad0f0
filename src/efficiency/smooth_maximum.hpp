/// Resources that work at the same time, but not perfectly. Internal to the room.
#pragma once

#include "upmem_des/efficiency/efficiency_form.hpp"

namespace upmem_des {

/// Above it the sum of powers is the maximum.
inline constexpr double sharpest = 1000;

/// (a^q + b^q + c^q)^(1/q): their maximum for a large q, their sum for 1. Not below the largest.
double smooth_maximum(double sharpness, double a, double b, double c = 0);

/// Arithmetic and memory traffic that together take smooth_maximum() of the two, and of what is serial beside them:
/// both are stretched alike.
KernelTime side_by_side(double sharpness, double compute_s, double memory_s, double serial_s = 0);

}  // namespace upmem_des
