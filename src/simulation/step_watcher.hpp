/// Those who watch a timetable.
#pragma once

#include <vector>

#include "plan/tasks/step_plan.hpp"
#include "simulation/event_ledger.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/task_timeline.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// A task, and the event that it is of.
struct WatchedTask {
  EventEntry* event = nullptr;
  const Task* task = nullptr;
};

/// Tells observers of every event and activity, and adds up what events cost.
class StepWatcher {
 public:
  struct Observers {
    EventObserver* events = nullptr;         ///< may be null
    ActivityObserver* activities = nullptr;  ///< may be null
  };

  /// References outlive the watcher.
  StepWatcher(const PlatformSpec& platform, const RouteFigureTable& routes, bool ideal_links, RunSums& sums,
              const Observers& observers);

  /// The tasks of a step by id, counted from its first; null where an id was left out.
  std::vector<WatchedTask> plan(const PlannedStep& step, double now_s);

  void start(const WatchedTask& watched, double now_s);
  /// The n-th step of a task's work begins.
  void start_step(const WatchedTask& watched, std::size_t n, double now_s);
  /// The same without its memory work, which used_memory() tells of.
  void start_arithmetic(const WatchedTask& watched, std::size_t n, double now_s);
  /// Memory work of a task, which need not have started, from `start_s` on.
  void used_memory(const WatchedTask& watched, double start_s, const Work& work, double bytes);
  /// See ActivityObserver::on_fetching().
  void fetching(DeviceIndex device, double since_s);
  /// A transfer has moved `bytes` at a constant rate from then until now.
  void moved(const WatchedTask& watched, double since_s, double now_s, double bytes);
  /// A task or a join has ended; `lasted_s` is by its formula.
  void end(const WatchedTask& watched, double start_s, double now_s, double lasted_s);

 private:
  const RouteFigureTable& routes_;
  bool ideal_links_;
  EventLedger ledger_;
  std::optional<TaskTimeline> timeline_;
};

}  // namespace upmem_des
