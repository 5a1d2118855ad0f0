/// The tasks of a step, planned together.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "plan/tasks/task.hpp"

namespace upmem_des {

/// Immutable once made; steps that call the same, in the same way, share one.
struct StepPlan {
  /// In order; the ids of their tasks, and their demands, are those of the first step that the plan was made for.
  std::vector<EventTasks> events;
  TaskId first_id = 0;            ///< of the first task; dependencies on smaller ids are on steps before
  TaskId next_id = 0;             ///< one more than that of the last task
  std::vector<Demand> demands{};  ///< by Task::slot; empty where each task has its own

  /// What counts against the look-ahead.
  std::int64_t size() const { return std::max(next_id - first_id, static_cast<std::int64_t>(events.size())); }
};

/// A plan at its place in a run.
struct PlannedStep {
  std::shared_ptr<const StepPlan> plan;
  TaskId first_id = 0;  ///< that the plan's first task has here
  /// By Task::slot, where the step's sizes make others than the plan's; else empty.
  std::vector<Demand> demands;

  /// An event of the plan as it is here.
  EventTasks event(std::size_t index) const;
};

}  // namespace upmem_des
