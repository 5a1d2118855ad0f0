#include "simulation/event_ledger.hpp"

#include <algorithm>
#include <simgrid/s4u.hpp>
#include <tuple>
#include <utility>

#include "simulation/event_costs.hpp"
#include "simulation/snapshot.hpp"

namespace upmem_des {

void EventLedger::add_work(const Task& task, EventEntry& event) {
  event.cost += sums_.add_work(event.account, task.device, task.demand);
  const EventTasks& tasks = event.tasks;
  if (!tasks.is_event || !tasks.counts || last_events_[task.device] == planned_) return;
  last_events_[task.device] = planned_;
  sums_.count_events_of(task.device, 1);
}

EventEntry& EventLedger::plan(EventTasks tasks, double now_s) {
  drop_recorded();
  EventEntry* const before = events_.empty() ? nullptr : &events_.back();
  EventEntry& event = events_.emplace_back();
  if (before != nullptr) before->next = &event;
  event.tasks = std::move(tasks);
  event.left = static_cast<std::int64_t>(event.tasks.tasks.size());
  event.account = sums_.account_of(event.tasks);
  for (const Task& task : event.tasks.tasks) {
    if (task.kind == Task::Kind::Compute)
      add_work(task, event);
    else if (task.kind == Task::Kind::Transfer)
      event.cost += sums_.add_transfer(event.account, task);
  }
  if (event.tasks.counts) sums_.count_events(event.account, 1);
  ++planned_;
  if (event.left == 0 && (before == nullptr || before->recorded)) record(event, {0, now_s, now_s, 0});
  return event;
}

void EventLedger::start(EventEntry& event, double time_s) {
  event.start_s = event.started ? std::min(event.start_s, time_s) : time_s;
  event.started = true;
}

void EventLedger::end(EventEntry& event, const EndedTask& task) {
  if (std::tie(task.end_s, task.lasted_s) > std::tie(event.last.end_s, event.last.lasted_s)) event.last = task;
  end_one(event);
}

void EventLedger::end_join(EventEntry& event, double time_s) {
  if (!event.started) event.last = {0, time_s, time_s, 0};
  end_one(event);
}

void EventLedger::end_one(EventEntry& event) {
  if (--event.left > 0) return;
  record(event, event.last);
  for (EventEntry* next = event.next; next != nullptr && next->left == 0 && !next->recorded; next = next->next)
    record(*next, event.last);
  drop_recorded();
}

void EventLedger::drop_recorded() {
  while (!events_.empty() && events_.front().recorded) events_.pop_front();
}

void EventLedger::record(EventEntry& event, const EndedTask& last) {
  event.recorded = true;
  if (!event.started) event.start_s = last.end_s;
  event.cost.time_s = event.started ? last.start_s - event.start_s + last.lasted_s : 0;
  const EventTasks& tasks = event.tasks;
  sums_.add_cost(event.account, event.cost);
  if (observer_ != nullptr)
    observer_->on_event(
        {tasks.is_event ? &tasks.event : nullptr, tasks.devices, tasks.phase, event.start_s, last.end_s, event.cost});
}

}  // namespace upmem_des
