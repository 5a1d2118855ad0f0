#include "plan/tasks/step_plan.hpp"

namespace upmem_des {

EventTasks PlannedStep::event(std::size_t index) const {
  EventTasks event = plan->events[index];
  const TaskId shift = first_id - plan->first_id;
  for (Task& task : event.tasks) {
    task.id += shift;
    for (TaskId& before : task.after) before += shift;
    if (!demands.empty() && task.kind == Task::Kind::Compute) task.demand = demands[task.slot];
  }
  return event;
}

}  // namespace upmem_des
