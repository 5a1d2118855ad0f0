/// Runs tasks on a machine, many at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "plan/tasks/step_feed.hpp"
#include "plan/tasks/task.hpp"
#include "simulation/decided_order.hpp"
#include "simulation/fetch_rules.hpp"
#include "simulation/machine.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/run_sums.hpp"
#include "upmem_des/result/activity_record.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// An actor for each device and each route that has work walks its queue in order of task id, or as has been decided; a
/// task starts when every task that it is `after` has ended. Another actor takes steps from the feed. Transfers take
/// their route's latency and then share the links of the route with all others that use them.
class TaskExecutor {
 public:
  struct Options {
    bool ideal_links = false;              ///< transfers take no time and no energy; their bytes count all the same
    EventObserver* observer = nullptr;     ///< told of every event when its last task has ended
    ActivityObserver* watcher = nullptr;   ///< told of every task but joins, but not of the ends of prefill and run
    std::function<void()> on_prefill_end;  ///< called at that simulated time
    std::function<void()> on_end;          ///< called when the last task has ended
    DecidedOrder* decided = nullptr;       ///< the feed, where it says in which order streams take their tasks
    std::optional<FetchRules> fetch{};     ///< none: weights are not fetched ahead
  };

  /// A machine with routes. References outlive the executor; busy times, bytes, counts and event classes go to `sums`,
  /// and `peaks` is told of all that draws power.
  TaskExecutor(StepFeed& feed, const Machine& machine, const RouteFigureTable& routes, RunSums& sums, PeakPower& peaks,
               Options options);
  TaskExecutor(const TaskExecutor&) = delete;
  TaskExecutor& operator=(const TaskExecutor&) = delete;
  ~TaskExecutor();

  /// Makes the actors; they run with the engine.
  void start();

  /// After the engine has run. Throws what an actor threw: errors of the feed, SimulationError for tasks that ask for
  /// what there is not (a device, a route, more than the rated power), for ids that do not ascend and for tasks that
  /// wait for later ones. Where tasks have not ended, a SimulationError with the streams that wait and for what, at
  /// most eight of them: "deadlock: dimm[0] waits for q_proj (event 5) on dimm[1]; …".
  void check() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
