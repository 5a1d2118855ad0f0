/// Tasks that come event by event, as steps.
#pragma once

#include "simulation/step_feed.hpp"

namespace upmem_des {

/// Events of one step that follow each other are planned together, or a part of them where they are many.
class TaskSteps : public StepFeed {
 public:
  /// A step has at most so many events and tasks, and more only where one event brings them.
  static constexpr std::size_t largest = 4096;

  /// The source outlives this.
  explicit TaskSteps(TaskSource& source) : source_(source) {}

  bool next(PlannedStep& step) override;

 private:
  TaskSource& source_;
  EventTasks ahead_;
  bool has_ahead_ = false;
  TaskId next_id_ = 0;
};

}  // namespace upmem_des
