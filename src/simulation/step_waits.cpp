#include "simulation/step_waits.hpp"

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

StepWaits::StepWaits(const std::deque<std::unique_ptr<LoadedStep>>& steps, double now_s, const PlatformSpec& platform,
                     const RouteFigureTable& routes)
    : steps_(steps), now_s_(now_s), platform_(platform), routes_(routes) {
  for (const auto& loaded : steps) {
    const StepPlan& plan = *loaded->step->plan;
    for (const EventTasks& event : plan.events)
      for (const Task& task : event.tasks) tasks_[task.id - plan.first_id + loaded->first_id] = {&task, &event};
  }
}

const LoadedStep* StepWaits::step_of(TaskId id) const {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
    if ((*step)->first_id <= id) return step->get();
  return nullptr;
}

bool StepWaits::has_ended(TaskId id) const {
  const LoadedStep* const step = step_of(id);
  if (step == nullptr) return true;
  const auto local = static_cast<std::size_t>(id - step->first_id);
  if (local >= step->step->places.size()) return false;
  const CompiledStep::TaskPlace& place = step->step->places[local];
  return place.piece != CompiledStep::none && step->has_ended(place, now_s_);
}

WaitGraph::Found StepWaits::find(TaskId id) const {
  const auto found = tasks_.find(id);
  return found == tasks_.end() ? Found() : found->second;
}

std::optional<TaskId> StepWaits::held_back_by(TaskId id) const {
  const LoadedStep* const step = step_of(id);
  const TaskId shift = step->first_id - step->step->plan->first_id;
  for (const TaskId before : find(id).task->after)
    if (!has_ended(before + shift)) return before + shift;
  return std::nullopt;
}

const std::string& StepWaits::stream_name(const Task& task) const {
  return task.kind == Task::Kind::Compute ? platform_.devices[task.device].name : routes_[task.route].name;
}

std::vector<TaskId> StepWaits::heads() const {
  std::map<DeviceIndex, TaskId> devices;
  std::map<RouteIndex, TaskId> routes;
  for (const auto& [id, found] : tasks_) {
    if (has_ended(id)) continue;
    if (found.task->kind == Task::Kind::Compute) devices.emplace(found.task->device, id);
    if (found.task->kind == Task::Kind::Transfer) routes.emplace(found.task->route, id);
  }
  std::vector<TaskId> heads;
  for (const auto& [device, id] : devices) heads.push_back(id);
  for (const auto& [route, id] : routes) heads.push_back(id);
  return heads;
}

std::vector<TaskId> StepWaits::joins() const {
  std::vector<TaskId> joins;
  for (const auto& [id, found] : tasks_)
    if (found.task->kind == Task::Kind::Join && !has_ended(id)) joins.push_back(id);
  return joins;
}

}  // namespace upmem_des
