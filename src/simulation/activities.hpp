/// Work as SimGrid activities of a wanted length and energy.
#pragma once

#include <simgrid/s4u.hpp>

#include "cost/demand.hpp"
#include "plan/planned_event.hpp"
#include "simulation/clock_precision.hpp"
#include "simulation/machine.hpp"

namespace upmem_des {

/// The work of one device over a stretch of time: that of one step, or of many.
struct Stretch {
  double time_s = 0;
  double arithmetic_J = 0;
  double vector_J = 0;
  double memory_J = 0;
  double arithmetic_s = 0;  ///< how long each part takes alone, at most time_s
  double vector_s = 0;
  double memory_s = 0;

  bool empty() const { return time_s <= 0; }
  /// One of `parts` equal parts.
  Stretch divided_by(double parts) const;
};

/// Runs activities on a machine; every call returns at the simulated time at which the work has ended. To be called by
/// an actor. Throws SimulationError when work asks for more power than its resource is rated for.
class Activities {
 public:
  explicit Activities(const Machine& machine) : machine_(machine) {}

  /// Arithmetic, fixed-time operators and memory traffic side by side, each spread over its own time.
  void run(DeviceIndex device, const Stretch& stretch);
  /// One transfer over the device's link at its full bandwidth.
  void run(const Transfer& transfer);

 private:
  const Machine& machine_;
  ClockPrecision precision_;
};

/// The energy of a transfer by its link's figures.
double transfer_energy_J(const DeviceSpec& device, const Transfer& transfer);
/// Latency and bytes over bandwidth.
double transfer_time_s(const DeviceSpec& device, const Transfer& transfer);

}  // namespace upmem_des
