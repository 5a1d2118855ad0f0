/// The events of tasks: when they ran, and what they cost.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "plan/tasks/task.hpp"
#include "simulation/ended_task.hpp"
#include "simulation/run_sums.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// When the first task of several began, and the last one ended.
struct EventSpan {
  bool started = false;
  double start_s = 0;
  EndedTask last;  ///< of those that have ended, the one that did so last

  void start(double time_s);
  void end(const EndedTask& task);
  double time_s() const { return started ? last.start_s - start_s + last.lasted_s : 0; }
};

/// An event some of whose tasks have not ended.
struct EventEntry {
  /// What of it counts in one class: its own work, or communication of one purpose.
  struct Share {
    const char* purpose = "";
    RunSums::Account account;
    EventSpan span;
  };

  EventTasks tasks;
  EventCost cost;  ///< of all
  std::vector<Share> shares;
  std::int64_t left = 0;       ///< tasks that have not ended
  std::int64_t work_left = 0;  ///< those of them that are no joins
  EventSpan span;              ///< of all
  bool recorded = false;
  EventEntry* next = nullptr;  ///< the event planned after it
};

/// An event lasts from the start of its first task to the end of its last one; joins take no time, and do not count.
class EventLedger {
 public:
  /// Sums go to `sums`, which outlives the ledger; `observer` may be null.
  EventLedger(std::size_t devices, RunSums& sums, EventObserver* observer)
      : sums_(sums), observer_(observer), last_events_(devices, -1) {}

  /// Takes an event and adds up what its tasks cost. One without tasks is recorded together with the event before it,
  /// or at once where that has been recorded.
  EventEntry& plan(EventTasks tasks, double now_s);

  /// One task of the event has started; `purpose` is the task's.
  void start(EventEntry& event, const char* purpose, double time_s);
  /// One task of the event has ended, or a join. The event is recorded with the last of its tasks, though joins may
  /// still wait for what other events do; one that is made of joins with the last of these.
  void end(EventEntry& event, const char* purpose, const EndedTask& ended);
  void end_join(EventEntry& event, double time_s);

  /// Events that are kept.
  std::int64_t size() const { return static_cast<std::int64_t>(events_.size()); }

 private:
  EventEntry::Share& share_of(EventEntry& event, const char* purpose);
  void add(const Task& task, EventEntry& event);
  void end_one(EventEntry& event);
  void record_all(EventEntry& event);
  void record(EventEntry& event, const EndedTask& last);
  void drop_recorded();

  RunSums& sums_;
  EventObserver* observer_;
  std::deque<EventEntry> events_;
  std::int64_t planned_ = 0;
  std::vector<std::int64_t> last_events_;  // by device: the last one that it had a part in
};

}  // namespace upmem_des
