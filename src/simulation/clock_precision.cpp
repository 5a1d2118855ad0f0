#include "simulation/clock_precision.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

#include "simulation/simgrid_compat.hpp"

namespace upmem_des {

namespace {

// Two roundings, each by half a unit in the last of 53 bits, separate an end from the clock that reaches it.
constexpr double relative_precision = 0x1p-51;
constexpr double finest_s = 1e-30;

void set_precision(double precision_s) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", precision_s);
  simgrid::s4u::Engine::set_config(compat::timing_precision + std::string(text));
}

}  // namespace

ClockPrecision::ClockPrecision() {
  set_precision(finest_s);
}

void ClockPrecision::widen(double end_s) {
  covered_s_ = 2 * end_s;
  set_precision(std::max(finest_s, covered_s_ * relative_precision));
}

}  // namespace upmem_des
