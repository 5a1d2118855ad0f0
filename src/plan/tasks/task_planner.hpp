/// From steps of calls to tasks on a machine of many devices.
#pragma once

#include <cstdint>
#include <memory>

#include "plan/memory_account.hpp"
#include "plan/tasks/step_demands.hpp"
#include "plan/tasks/step_feed.hpp"
#include "plan/tasks/task_rules.hpp"
#include "trace/step_calls.hpp"

namespace upmem_des {

/// Plans a stream step by step; docs/machines.md defines what it does. Keeps what later events may depend on.
class TaskPlanner : public StepFeed {
 public:
  /// `account` is told of everything that devices have to hold; may be null. References outlive the planner. Throws
  /// InputError for a batch that micro-batches do not divide, and for rules that do not go together.
  TaskPlanner(CallSource& source, const TaskRules& rules, MemoryAccount* account = nullptr);
  ~TaskPlanner() override;

  /// After the last step once more: the end of the run, when the last layer event's input goes back to the host, once
  /// for each pass. Throws InputError on bad events, operators that the cost model does not know, experts that a split
  /// by experts cannot find.
  Answer next(const Progress& progress, PlannedStep& step) override;

  /// How the demands of the latest step were come by, where plans are used again (TaskRules::reuses_plans); else null.
  std::shared_ptr<const StepDemands> latest_demands() const;

  std::int64_t events() const;  ///< of the steps so far
  std::int64_t forward_passes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
