/// The activities of a run of tasks, as they happen.
#pragma once

#include <unordered_map>

#include "plan/tasks/task.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// Keeps the tasks under way, and tells an observer of them; times ascend.
class TaskTimeline {
 public:
  explicit TaskTimeline(ActivityObserver& observer) : observer_(observer) {}

  /// `event` lives until the task has ended. `energy_J` is that of a Transfer; a Compute's comes from its demand.
  void start(const Task& task, const EventTasks& event, double energy_J, double now_s);
  void end(TaskId id, double now_s);

  /// Step of a task that is under way, from now on.
  void tell_arithmetic(TaskId id, const Step& step, double now_s);
  void tell_memory(TaskId id, const Step& step, double now_s);

  /// Memory work of a task that need not be under way: from `start_s` on, for `time_s`.
  void tell_port(const Task& task, std::int64_t event_step, double start_s, double time_s, double energy_J,
                 double bytes);

  /// See ActivityObserver::on_fetching().
  void tell_fetching(DeviceIndex device, double since_s) { observer_.on_fetching(device, since_s); }

  /// A transfer has moved `bytes` at a constant rate from then until now.
  void tell_moved(TaskId id, double since_s, double now_s, double bytes);

 private:
  ActivityObserver& observer_;
  std::unordered_map<TaskId, ActivityRecord> under_way_;
};

}  // namespace upmem_des
