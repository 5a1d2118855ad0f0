/// Work as SimGrid activities of a wanted length and energy.
#pragma once

#include <simgrid/s4u.hpp>
#include <vector>

#include "simulation/exactness.hpp"
#include "simulation/machine.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/stretch.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Runs activities on a machine; every call returns at the simulated time at which the work has ended. To be called by
/// an actor. Throws SimulationError when work asks for more power than its resource is rated for.
class Activities {
 public:
  /// `precision` is that of all actors, and lives as long as this.
  Activities(const Machine& machine, ClockPrecision& precision)
      : machine_(machine), precision_(precision), uncounted_B_(machine.devices().size()) {}

  /// Arithmetic, fixed-time operators and memory traffic side by side, each spread over its own time; what the device
  /// draws as it has work is spread over all of it.
  void run(DeviceIndex device, const Stretch& stretch);
  /// Runs the same, and tells `peaks` of it.
  void run(DeviceIndex device, PeakPower::Lane lane, const Stretch& stretch, PeakPower& peaks);
  /// Starts the same; what has been started is added to `started`. Memory work is that of one communication.
  void start(DeviceIndex device, const Stretch& stretch, std::vector<simgrid::s4u::ActivityPtr>& started);
  /// To be called before activities are started that end at `end_s`.
  void expect_end(double end_s) { precision_.cover(end_s); }
  /// Returns at once for a time that is past.
  void sleep_until(double time_s);

 private:
  const Machine& machine_;
  ClockPrecision& precision_;
  std::vector<double> uncounted_B_;  ///< by device: what rounding has left out of its memory's bytes so far
};

}  // namespace upmem_des
