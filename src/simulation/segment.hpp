/// Tasks of a device that run as one.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/tasks/task.hpp"
#include "simulation/stretch.hpp"

namespace upmem_des {

/// A task that has ended, and when it ran, in simulated seconds. A join starts when it ends.
struct EndedTask {
  TaskId id = 0;
  double start_s = 0;
  double end_s = 0;
  double lasted_s = 0;  ///< by its formula, where it has one: end − start, but not as the clock rounds it
};

/// Tasks that start when the one before them ends, from `start_s` on. Nobody but their own device waits for any of them
/// but the last.
class Segment {
 public:
  Segment() = default;
  explicit Segment(double start_s) : start_s_(start_s), end_s_(start_s) {}

  void add(TaskId id, const Demand& demand);

  std::size_t size() const { return tasks_.size(); }
  double start_s() const { return start_s_; }
  double end_s() const { return end_s_; }
  /// The work of all: where a resource works at all, it does so for the whole time.
  Stretch spread() const;

  /// Those that have ended by `now_s` and have not been taken before.
  std::vector<EndedTask> take_ended(double now_s);
  /// All that have not been taken before.
  std::vector<EndedTask> take_all();

  /// The work of the tasks that have ended by `now_s`.
  Stretch ended_work(double now_s) const;
  /// The task that runs at `now_s`, a time before the last one ends.
  EndedTask running(double now_s) const;

 private:
  std::size_t ended_by(double now_s) const;
  std::vector<EndedTask> take(std::size_t count);

  double start_s_ = 0;
  double end_s_ = 0;
  std::vector<EndedTask> tasks_;
  std::vector<Stretch> work_;  // of each task and all before it
  std::size_t taken_ = 0;
};

}  // namespace upmem_des
