/// Devices that fetch weights ahead, in a timetable.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "simulation/loaded_step.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/port_schedule.hpp"
#include "simulation/step_watcher.hpp"
#include "simulation/stretch.hpp"

namespace upmem_des {

/// What all devices of a machine do when their memories do more than the present task asks. Pieces of work are single
/// tasks (Grain::Tasks, Grain::Watched); times never decrease.
class FetchingDevices {
 public:
  using At = LoadedStep::At;

  /// References outlive this; `watcher` may be null. `peaks` is told of all that devices do.
  FetchingDevices(const PlatformSpec& platform, const FetchRules& rules, PeakPower& peaks, StepWatcher* watcher);

  /// A piece of work comes last in its device's line.
  void add(At at, double now_s);
  /// The first in its device's line starts.
  PortSchedule::Run start(At at, double now_s);
  /// It ends; returns how long it has lasted, by formula.
  double end(At at, double now_s);

  /// What a device has done since the last call.
  Stretch take(DeviceIndex device, double now_s);

  /// When to call look() next, for those who are told in order of time; infinity: there is no need.
  double look_at_s(DeviceIndex device, double now_s) const;
  void look(DeviceIndex device, double now_s);

 private:
  /// The arithmetic of a step is still to begin (a Stretch) or to end (none).
  struct Turn {
    double time_s = 0;
    std::optional<Stretch> begins;
  };
  struct Device {
    explicit Device(PortSchedule schedule) : port(std::move(schedule)) {}

    PortSchedule port;
    std::deque<At> line;  // the first one runs where `run` is not none
    bool is_running = false;
    double since_s = 0;
    PortSchedule::Run run;
    Stretch done;  // arithmetic
    Stretch told;
    std::deque<Turn> turns;
    std::optional<PortSchedule::Use> memory;  // does that, as they know
    bool has_work = false;                    // a task, or something to fetch
    double counted_to_s = 0;
    double active_s = 0;  // that it has had work
    double known_to_s = std::numeric_limits<double>::infinity();
  };

  Device& device_of(const At& at) { return devices_[at.step->piece(at.piece).stream]; }
  void tell(DeviceIndex index, double now_s);
  static void count_active(Device& device, double now_s);
  void tell_peaks(DeviceIndex index, double now_s);

  const PlatformSpec& platform_;
  PeakPower& peaks_;
  StepWatcher* watcher_;
  std::vector<Device> devices_;
};

}  // namespace upmem_des
