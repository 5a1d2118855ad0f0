#include "simulation/exactness.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

#include "simulation/simgrid_compat.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

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

double clock_span_s(double time_s) {
  const double now_s = s4u::Engine::get_clock();
  return now_s + time_s - now_s;
}

s4u::CommPtr start_comm(s4u::Host* from, s4u::Host* to, double size_B) {
  if (size_B <= 0) return nullptr;
  s4u::CommPtr comm = s4u::Comm::sendto_init();
  comm->set_payload_size(static_cast<std::uint64_t>(counted_bytes(size_B) * sim_bytes_per_byte));
  comm->set_source(from)->set_destination(to);
  return comm;
}

double counted_bytes(double size_B) {
  return std::max(1.0, std::round(size_B * sim_bytes_per_byte)) / sim_bytes_per_byte;
}

std::int64_t communications_of(double size_B) {
  constexpr double largest_B = 8e12;
  constexpr double most = 1e6;
  const double count = std::ceil(size_B / largest_B);
  if (!(count <= most))
    throw SimulationError(rounded_plain(size_B, 6) + " bytes at once are more than can be simulated");
  return std::max(std::int64_t{1}, static_cast<std::int64_t>(count));
}

}  // namespace upmem_des
