#include "simulation/step_watcher.hpp"

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

StepWatcher::StepWatcher(const PlatformSpec& platform, const RouteFigureTable& routes, bool ideal_links, RunSums& sums,
                         const Observers& observers)
    : routes_(routes), ideal_links_(ideal_links), ledger_(platform.devices.size(), sums, observers.events) {
  if (observers.activities != nullptr) timeline_.emplace(*observers.activities);
}

std::vector<WatchedTask> StepWatcher::plan(const PlannedStep& step, double now_s) {
  std::vector<WatchedTask> watched(static_cast<std::size_t>(step.plan->next_id - step.plan->first_id));
  for (std::size_t i = 0; i < step.plan->events.size(); ++i) {
    EventEntry& event = ledger_.plan(step.event(i), now_s);
    for (const Task& task : event.tasks.tasks)
      watched[static_cast<std::size_t>(task.id - step.first_id)] = {&event, &task};
  }
  return watched;
}

void StepWatcher::start(const WatchedTask& watched, double now_s) {
  const Task& task = *watched.task;
  ledger_.start(*watched.event, task.purpose, now_s);
  if (!timeline_) return;
  const bool costs = task.kind == Task::Kind::Transfer && !ideal_links_;
  const double energy_J = costs ? routes_[task.route].energy_J_per_byte.total_J() * task.bytes : 0;
  timeline_->start(task, watched.event->tasks, energy_J, now_s);
}

void StepWatcher::start_step(const WatchedTask& watched, std::size_t n, double now_s) {
  if (!timeline_) return;
  const Step& step = watched.task->demand[n];
  timeline_->tell_arithmetic(watched.task->id, step, now_s);
  timeline_->tell_memory(watched.task->id, step, now_s);
}

void StepWatcher::start_arithmetic(const WatchedTask& watched, std::size_t n, double now_s) {
  if (timeline_) timeline_->tell_arithmetic(watched.task->id, watched.task->demand[n], now_s);
}

void StepWatcher::used_memory(const WatchedTask& watched, double start_s, const Work& work, double bytes) {
  if (!timeline_) return;
  const EventTasks& event = watched.event->tasks;
  timeline_->tell_port(*watched.task, event.is_event ? event.event.step : -1, start_s, work.time_s, work.energy_J,
                       bytes);
}

void StepWatcher::fetching(DeviceIndex device, double since_s) {
  if (timeline_) timeline_->tell_fetching(device, since_s);
}

void StepWatcher::moved(const WatchedTask& watched, double since_s, double now_s, double bytes) {
  if (timeline_ && now_s > since_s) timeline_->tell_moved(watched.task->id, since_s, now_s, bytes);
}

void StepWatcher::end(const WatchedTask& watched, double start_s, double now_s, double lasted_s) {
  if (watched.task->kind == Task::Kind::Join) {
    ledger_.end_join(*watched.event, now_s);
    return;
  }
  if (timeline_) timeline_->end(watched.task->id, now_s);
  ledger_.end(*watched.event, watched.task->purpose, {watched.task->id, start_s, now_s, lasted_s});
}

}  // namespace upmem_des
