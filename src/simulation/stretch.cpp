#include "simulation/stretch.hpp"

#include <algorithm>
#include <cmath>

#include "platform/platform_writer.hpp"
#include "simulation/exactness.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

Stretch Stretch::divided_by(double parts) const {
  return {time_s / parts,       arithmetic_J / parts, vector_J / parts, memory_J / parts,
          arithmetic_s / parts, vector_s / parts,     memory_s / parts, active_s / parts};
}

Stretch operator-(const Stretch& a, const Stretch& b) {
  Stretch difference;
  difference.time_s = a.time_s - b.time_s;
  difference.arithmetic_J = a.arithmetic_J - b.arithmetic_J;
  difference.vector_J = a.vector_J - b.vector_J;
  difference.memory_J = a.memory_J - b.memory_J;
  difference.active_s = a.active_s - b.active_s;
  return difference;
}

void append(Stretch& whole, const Stretch& part, double times) {
  whole.time_s += times * part.time_s;
  whole.arithmetic_J += times * part.arithmetic_J;
  whole.vector_J += times * part.vector_J;
  whole.memory_J += times * part.memory_J;
  whole.active_s += times * part.active_s;
}

Stretch spread(Stretch whole) {
  whole.arithmetic_s = whole.arithmetic_J > 0 ? whole.time_s : 0;
  whole.vector_s = whole.vector_J > 0 ? whole.time_s : 0;
  whole.memory_s = whole.memory_J > 0 ? whole.time_s : 0;
  return whole;
}

Stretch stretch_of(const Step& step) {
  Stretch stretch = arithmetic_of(step);
  stretch.time_s = stretch.active_s = step.time_s();
  stretch.memory_s = step.memory.time_s + step.kv.time_s;
  stretch.memory_J = step.memory.energy_J + step.kv.energy_J;
  return stretch;
}

Stretch arithmetic_of(const Step& step) {
  Stretch stretch;
  stretch.time_s = step.overhead_s + step.compute.time_s;
  if (step.unit == ComputeUnit::Arithmetic) {
    stretch.arithmetic_s = step.compute.time_s;
    stretch.arithmetic_J = step.compute.energy_J;
  } else {
    stretch.vector_s = step.compute.time_s;
    stretch.vector_J = step.compute.energy_J;
  }
  return stretch;
}

Stretch memory_stretch(const Work& work) {
  Stretch stretch;
  stretch.time_s = stretch.memory_s = work.time_s;
  stretch.memory_J = work.energy_J;
  return stretch;
}

namespace {

void add_step(HighestPower& highest, double compute_W, bool has_memory) {
  double& power_W = has_memory ? highest.beside_memory_W : highest.arithmetic_W;
  power_W = std::max(power_W, compute_W);
}

double mean_W(double energy_J, double time_s) {
  return time_s > 0 ? energy_J / time_s : 0;
}

}  // namespace

HighestPower highest_power(const Demand& demand) {
  HighestPower highest;
  for (const Step& step : demand)
    add_step(highest, mean_W(step.compute.energy_J, step.compute.time_s),
             step.memory.energy_J + step.kv.energy_J > 0 && step.memory.time_s + step.kv.time_s > 0);
  return highest;
}

HighestPower highest_power(const Stretch& stretch) {
  HighestPower highest;
  add_step(highest, mean_W(stretch.arithmetic_J, stretch.arithmetic_s) + mean_W(stretch.vector_J, stretch.vector_s),
           stretch.memory_J > 0 && stretch.memory_s > 0);
  return highest;
}

namespace {

// The sums of many events may pass a rating by rounding.
constexpr double rounding = 1e-9;

}  // namespace

double load(double time_s, double energy_J, double power_W, const std::string& resource) {
  if (power_W <= 0) {
    if (energy_J > 0) throw SimulationError(resource + " draws energy but is rated at 0 W");
    return 1;
  }
  const double share = energy_J / (power_W * time_s);
  if (share > 1 + rounding)
    throw SimulationError(resource + " is asked for " + std::to_string(share) + " times its rated power");
  return share;
}

double memory_bytes_of(const DeviceSpec& device, const Stretch& stretch) {
  if (stretch.memory_s <= 0) return 0;
  const LinkSpec& link = device.memory;
  return link.bandwidth_Bps * load(stretch.memory_s, stretch.memory_J, link.power_W, link.name) * stretch.memory_s;
}

void expect_within_ratings(const DeviceSpec& device, const Stretch& stretch) {
  const DeviceRatings& ratings = device.ratings;
  communications_of(memory_bytes_of(device, stretch));
  if (stretch.arithmetic_s > 0) load(stretch.arithmetic_s, stretch.arithmetic_J, ratings.arithmetic_W, device.name);
  if (stretch.vector_s > 0) load(stretch.vector_s, stretch.vector_J, ratings.vector_W, vector_host_name(device));
}

Stretch drawn(const DeviceSpec& device, const Stretch& stretch, double elapsed_s) {
  const std::int64_t chunks = communications_of(memory_bytes_of(device, stretch));
  const Stretch chunk = stretch.divided_by(static_cast<double>(chunks));
  const double ended =
      chunk.time_s > 0 ? std::min(std::floor(elapsed_s / chunk.time_s), static_cast<double>(chunks)) : 0;
  const double since_s = ended < static_cast<double>(chunks) ? elapsed_s - ended * chunk.time_s : 0;
  const auto part_J = [&](double all_J, double lasts_s) {
    return ended * all_J + (lasts_s > 0 ? all_J * std::min(1.0, since_s / lasts_s) : 0);
  };
  Stretch part;
  part.time_s = std::min(elapsed_s, stretch.time_s);
  if (stretch.time_s > 0) part.active_s = stretch.active_s * (part.time_s / stretch.time_s);
  part.arithmetic_J = part_J(chunk.arithmetic_J, chunk.arithmetic_s);
  part.vector_J = part_J(chunk.vector_J, chunk.vector_s);
  // Memory streams at full rate, for as long as its energy takes at full power.
  if (device.memory.power_W > 0) part.memory_J = part_J(chunk.memory_J, chunk.memory_J / device.memory.power_W);
  return part;
}

}  // namespace upmem_des
