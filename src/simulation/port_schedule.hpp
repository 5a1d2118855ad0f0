/// When a device's memory does what, by formulas.
#pragma once

#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "simulation/weight_buffer.hpp"

namespace upmem_des {

/// A device's memory where weights are fetched ahead. What it does between two calls is decided by what it has been
/// told by the first of them, so it is found out when the second asks. Times never decrease from call to call.
class PortSchedule {
 public:
  /// Of a task that starts now, by formula.
  struct Run {
    double second_step_s = 0;  ///< from the start of the task; without meaning where there is none
    double lasts_s = 0;
  };
  /// Memory work from `start_s` on.
  struct Use {
    double start_s = 0;
    MemoryWork part;

    bool operator==(const Use& other) const {
      return start_s == other.start_s && part.task == other.part.task && part.work.time_s == other.part.work.time_s;
    }
  };

  /// The device outlives the schedule. With `keeps_uses` take_uses() has to be called now and then.
  PortSchedule(const DeviceSpec& device, const FetchRules& rules, bool keeps_uses);

  /// A task comes last in the device's line.
  void add(TaskId task, const Demand& demand, double now_s);
  /// The first in line starts; the demand is its own. The weights that it lacks follow at once, the rest of its memory
  /// work after its overhead; a step ends when its arithmetic and its memory work have.
  Run start(const Demand& demand, double now_s);
  /// The task that has started ends, at the time that start() said.
  void end(double now_s);
  void advance(double now_s);

  /// Energy that the memory has drawn since the last call.
  double take_J(double now_s);

  /// What take_uses() has not given starts at this time or later; infinity where nothing is fetched.
  double known_to_s() const;
  /// What the memory does at the time up to which it has been advanced, if nothing else happens then.
  std::optional<Use> present(double now_s) const;
  /// When it next begins or ends something, if nothing else happens before, after `now_s`; infinity: never.
  double next_change_s(double now_s) const;
  /// Work of the running task from its start on, and fetches that have ended; some of it may start later.
  std::vector<Use> take_uses();

 private:
  /// Fetching ahead may use the memory in it.
  struct Gap {
    double from_s = 0;
    double to_s = std::numeric_limits<double>::infinity();
  };

  void do_own(double start_s, const MemoryWork& work);
  void add_gap(double from_s, double to_s);
  const Gap& gap_after(double time_s) const;
  std::optional<Use> next_fetch() const;
  void end_fetch(double now_s);
  double drawn_J(const Use& use, double now_s) const;

  const DeviceSpec& device_;
  FetchRules rules_;
  bool keeps_uses_;
  WeightBuffer buffer_;
  std::deque<Use> own_;       // of the running task; those that have ended are dropped by advance()
  std::deque<Gap> gaps_;      // the last one has no end
  std::optional<Use> fetch_;  // under way
  double looked_at_s_ = 0;    // up to when there was nothing else to fetch
  double done_J_ = 0;         // of what has ended since the last take_J()
  double told_J_ = 0;         // of what had not ended at the last take_J()
  std::vector<Use> uses_;
};

}  // namespace upmem_des
