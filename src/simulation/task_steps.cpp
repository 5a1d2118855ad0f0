#include "simulation/task_steps.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

bool TaskSteps::next(PlannedStep& step) {
  auto plan = std::make_shared<StepPlan>();
  plan->first_id = plan->next_id = next_id_;
  std::size_t tasks = 0;
  while (tasks < largest && plan->events.size() < largest) {
    if (!has_ahead_) {
      ahead_ = EventTasks();
      if (!source_.next(ahead_)) break;
    }
    has_ahead_ = !plan->events.empty() && ahead_.event.step != plan->events.back().event.step;
    if (has_ahead_) break;
    tasks += ahead_.tasks.size();
    if (!ahead_.tasks.empty()) plan->next_id = std::max(plan->next_id, ahead_.tasks.back().id + 1);
    plan->events.push_back(std::move(ahead_));
  }
  next_id_ = plan->next_id;
  step.first_id = plan->first_id;
  const bool any = !plan->events.empty();
  step.plan = std::move(plan);
  return any;
}

}  // namespace upmem_des
