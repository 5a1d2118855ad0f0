/// Runs a plan on SimGrid.
#pragma once

#include <string>

#include "plan/planner.hpp"
#include "plan/tasks/task.hpp"
#include "result/event_record.hpp"
#include "result/simulation_result.hpp"
#include "simulation/activity_records.hpp"

namespace upmem_des {

struct SimulationOptions {
  /// Where nobody watches single events, SimGrid is given what a whole step asks of the machine, not piece by piece.
  bool segments = true;
  EventObserver* observer = nullptr;
  bool ideal_links = false;  ///< of tasks: transfers take no time and no energy
  Watch watch;               ///< of activities; tasks have been planned with its memory account
  std::string trace_file;    ///< SimGrid's own Paje trace is written there as the run goes; empty: none
};

/// Simulates the stream `source` under `rules`. Time is SimGrid's clock, energy what its host and link energy plugins
/// integrated. SimGrid holds one engine a process: a second call in a process throws SimulationError. Throws
/// SimulationError when the simulation fails, and what the source or the cost model throws.
///
/// The result's names (scenario, model, cost model, data type, batch) are the caller's to fill in.
SimulationResult simulate(EventSource& source, const PlanRules& rules, const SimulationOptions& options);

/// The same for tasks on a machine of many devices. `forward_passes` and `events` of the result are the caller's to
/// fill in, too. Throws SimulationError on a deadlock, with the streams that wait and for what.
SimulationResult simulate_tasks(TaskSource& source, const PlatformSpec& platform, const SimulationOptions& options);

/// "3.32": the SimGrid that runs.
std::string simgrid_version();

}  // namespace upmem_des
