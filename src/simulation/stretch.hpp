/// The work of one device over a stretch of time.
#pragma once

#include <algorithm>
#include <string>

#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

struct DeviceSpec;

/// That of one step, or of many.
struct Stretch {
  double time_s = 0;
  double arithmetic_J = 0;
  double vector_J = 0;
  double memory_J = 0;
  double arithmetic_s = 0;  ///< how long each part takes alone, at most time_s
  double vector_s = 0;
  double memory_s = 0;
  double active_s = 0;  ///< of time_s, the part in which the device has work; said only where nothing overlaps

  bool empty() const { return time_s <= 0; }
  /// One of `parts` equal parts.
  Stretch divided_by(double parts) const;
};

/// Of times and energies; how long each part takes alone is for spread() to say.
Stretch operator-(const Stretch& a, const Stretch& b);

/// Adds the times and energies of so many equal parts, which follow; how long each part takes alone is for spread() to
/// say.
void append(Stretch& whole, const Stretch& part, double times = 1);

/// The same work with every resource that works at all doing so for the whole time.
Stretch spread(Stretch whole);

/// All that a step does.
Stretch stretch_of(const Step& step);

/// A step's overhead and arithmetic, without its memory work. (Which of both a device has work in is not said: they
/// overlap.)
Stretch arithmetic_of(const Step& step);

/// Memory work alone.
Stretch memory_stretch(const Work& work);

/// What has been drawn of a stretch when it has run for so long, above 0.
Stretch drawn(const DeviceSpec& device, const Stretch& stretch, double elapsed_s);

/// What the steps of a task draw at most, each while all its parts are at work, which is as soon as it starts: a part
/// draws its energy evenly over its own time, memory at full rate. Overhead draws nothing.
struct HighestPower {
  double arithmetic_W = 0;               ///< of steps without memory work
  double beside_memory_W = no_such;      ///< of the arithmetic of those with some
  static constexpr double no_such = -1;  ///< there are none

  /// On a device whose memory draws so much.
  double with(double memory_W) const {
    return beside_memory_W == no_such ? arithmetic_W : std::max(arithmetic_W, beside_memory_W + memory_W);
  }
};
HighestPower highest_power(const Demand& demand);
HighestPower highest_power(const Stretch& stretch);

/// Throws SimulationError where a stretch asks a resource of the device for more than its rated power.
void expect_within_ratings(const DeviceSpec& device, const Stretch& stretch);

/// The share of a resource's rated power at which `energy_J` is drawn in `time_s`. A resource without power says
/// nothing about its rate: it runs at full rate. Throws SimulationError above 1.
double load(double time_s, double energy_J, double power_W, const std::string& resource);

/// Bytes that draw the energy of a stretch's memory work.
double memory_bytes_of(const DeviceSpec& device, const Stretch& stretch);

}  // namespace upmem_des
