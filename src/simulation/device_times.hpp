/// Where the time of each device goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "upmem_des/cost/demand.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

struct LoadedStep;

/// Splits each device's time of each phase into what TimeUse says, as work and transfers start and end. Work counts by
/// its formula: a step is its overhead, then its arithmetic, then what else it lasts, which is memory traffic.
/// Transfers count by the clock, their latency included, at every device that they go to or come from and that does not
/// work. Waiting is what is left of the phase's time. It keeps a few numbers of each device, however long the run.
class DeviceTimes {
 public:
  /// The platform outlives this.
  explicit DeviceTimes(const PlatformSpec& platform) : platform_(platform), devices_(platform.devices.size()) {}

  // Times never decrease from call to call. A device does one thing at a time.

  /// All tasks of a piece of work, one after the other without a pause. The step lives until the piece has ended.
  void start_piece(DeviceIndex device, const LoadedStep& step, std::uint32_t piece, double now_s);
  void end_piece(DeviceIndex device, double now_s);
  /// A single task, whose steps may last longer than their own demand: the rest is waiting for memory. `first_s`: how
  /// long the first one lasts, where there is a second.
  void start_task(DeviceIndex device, const Demand& demand, double first_s, double now_s);
  void end_task(DeviceIndex device, double lasted_s, double now_s);
  /// The same of a single step, which lasts from one call to the other.
  void start_step(DeviceIndex device, const Step& step, double now_s) { start_task(device, Demand(step), 0, now_s); }
  void end_step(DeviceIndex device, double now_s) { end_task(device, now_s - devices_[device].since_s, now_s); }
  void start_transfer(RouteIndex route, double now_s) { count_transfer(route, 1, now_s); }
  void end_transfer(RouteIndex route, double now_s) { count_transfer(route, -1, now_s); }
  /// What is under way counts as prefill up to now, and then as decode.
  void end_prefill(double now_s);

  /// Puts the times into the devices of `result`, whose phases have theirs.
  void fill(SimulationResult& result) const;

 private:
  struct Device {
    const LoadedStep* step = nullptr;  // of the piece that runs
    std::uint32_t piece = 0;
    Demand task;         // that runs where there is no piece
    double first_s = 0;  // how long its first step lasts, of two
    double since_s = 0;  // when that began
    TimeUse counted;     // of it, in an earlier phase
    bool works = false;
    int transfers = 0;  // under way
    double idle_s = 0;  // up to when communication has been counted
    std::array<TimeUse, phase_count> use;
  };

  void start(Device& device, double now_s);
  void end(Device& device, const TimeUse& whole, double now_s);
  void pass(Device& device, double now_s);
  void count_transfer(RouteIndex route, int more, double now_s);
  static TimeUse use_by(const Device& device, double elapsed_s);

  const PlatformSpec& platform_;
  std::vector<Device> devices_;
  std::size_t phase_ = 0;
};

}  // namespace upmem_des
