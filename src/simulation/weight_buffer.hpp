/// Weights on their way to the tasks that use them.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "plan/tasks/task.hpp"
#include "simulation/fetch_rules.hpp"
#include "upmem_des/cost/demand.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Memory work of a task.
struct MemoryWork {
  TaskId task = 0;
  Work work;
  double bytes = 0;
};

/// The weights that a step's task may fetch before it starts, and the memory work that it does itself.
MemoryWork weights_of(TaskId task, const Step& step);
MemoryWork rest_of(TaskId task, const Step& step, bool is_first);

/// What of the weights of one device's tasks has been fetched, and what may be fetched next. It has no clock: whoever
/// has one says what has been done.
class WeightBuffer {
 public:
  /// The device outlives the buffer.
  WeightBuffer(const DeviceSpec& device, const FetchRules& rules) : device_(device), rules_(rules) {}

  /// A task is the last in line.
  void add(TaskId task, const Demand& demand);
  /// The first in line; there is one.
  TaskId first() const { return line_.front().task; }
  /// The first in line starts, and ends.
  void start() { is_running_ = true; }
  void end();

  /// The weights that may be fetched now, of one task, as much as fits; none where there are none or nothing fits.
  std::optional<MemoryWork> next() const;
  /// What next() gave has been fetched.
  void fetched(const MemoryWork& part);
  /// It has been for so long only; returns what has been fetched.
  MemoryWork fetched(const MemoryWork& part, double elapsed_s);
  /// What the first task in line still lacks, which is fetched as its own work, whether it fits or not; nothing takes
  /// no time.
  MemoryWork take_rest();

 private:
  struct Place {
    TaskId task = 0;
    MemoryWork left;
    double held_B = 0;
  };

  void take(const MemoryWork& part);
  void skip_whole();

  const DeviceSpec& device_;
  FetchRules rules_;
  std::deque<Place> line_;
  std::size_t next_ = 0;  // the first in line that lacks something
  double held_B_ = 0;
  bool is_running_ = false;
};

}  // namespace upmem_des
