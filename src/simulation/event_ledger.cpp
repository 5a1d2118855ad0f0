#include "simulation/event_ledger.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

namespace upmem_des {

void EventSpan::start(double time_s) {
  start_s = started ? std::min(start_s, time_s) : time_s;
  started = true;
}

void EventSpan::end(const EndedTask& task) {
  if (std::tie(task.end_s, task.lasted_s) > std::tie(last.end_s, last.lasted_s)) last = task;
}

EventEntry::Share& EventLedger::share_of(EventEntry& event, const char* purpose) {
  for (EventEntry::Share& known : event.shares)
    if (std::strcmp(known.purpose, purpose) == 0) return known;
  const EventTasks& tasks = event.tasks;
  const bool is_own = purpose[0] == '\0' && tasks.is_event;
  const RunSums::Account account =
      is_own ? sums_.account_of(tasks.event, tasks.phase) : sums_.account_of_communication(purpose, tasks.phase);
  if (!is_own && tasks.counts) sums_.count_events(account, 1);
  return event.shares.emplace_back(EventEntry::Share{purpose, account, EventSpan()});
}

void EventLedger::add(const Task& task, EventEntry& event) {
  if (task.kind == Task::Kind::Join) return;
  const RunSums::Account account = share_of(event, task.purpose).account;
  if (task.kind == Task::Kind::Transfer) {
    event.cost += sums_.add_transfer(account, task);
    return;
  }
  event.cost += sums_.add_work(account, task.device, task.demand);
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
  if (event.tasks.is_event && event.tasks.counts)
    sums_.count_events(sums_.account_of(event.tasks.event, event.tasks.phase), 1);
  for (const Task& task : event.tasks.tasks) {
    if (task.kind != Task::Kind::Join) ++event.work_left;
    add(task, event);
  }
  ++planned_;
  if (event.left == 0 && (before == nullptr || before->recorded)) record(event, {0, now_s, now_s, 0});
  return event;
}

void EventLedger::start(EventEntry& event, const char* purpose, double time_s) {
  event.span.start(time_s);
  share_of(event, purpose).span.start(time_s);
}

void EventLedger::end(EventEntry& event, const char* purpose, const EndedTask& ended) {
  event.span.end(ended);
  share_of(event, purpose).span.end(ended);
  if (--event.work_left == 0) record_all(event);
  end_one(event);
}

void EventLedger::end_join(EventEntry& event, double time_s) {
  if (!event.span.started) event.span.last = {0, time_s, time_s, 0};
  end_one(event);
}

void EventLedger::end_one(EventEntry& event) {
  if (--event.left > 0) return;
  if (!event.recorded) record_all(event);
  drop_recorded();
}

void EventLedger::drop_recorded() {
  while (!events_.empty() && events_.front().recorded && events_.front().left == 0) events_.pop_front();
}

/// And the events without tasks that follow it.
void EventLedger::record_all(EventEntry& event) {
  record(event, event.span.last);
  for (EventEntry* next = event.next; next != nullptr && next->left == 0 && !next->recorded; next = next->next)
    record(*next, event.span.last);
}

void EventLedger::record(EventEntry& event, const EndedTask& last) {
  event.recorded = true;
  event.cost.time_s = event.span.time_s();
  for (const EventEntry::Share& share : event.shares) sums_.add_time(share.account, share.span.time_s());
  const EventTasks& tasks = event.tasks;
  const double start_s = event.span.started ? event.span.start_s : last.end_s;
  if (observer_ != nullptr)
    observer_->on_event(
        {tasks.is_event ? &tasks.event : nullptr, tasks.devices, tasks.phase, start_s, last.end_s, event.cost});
}

}  // namespace upmem_des
