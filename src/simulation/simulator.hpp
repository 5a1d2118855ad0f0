/// Runs a plan on SimGrid.
#pragma once

#include <optional>
#include <string>

#include "plan/tasks/step_feed.hpp"
#include "simulation/activity_records.hpp"
#include "simulation/fetch_rules.hpp"
#include "simulation/queue_order.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

struct PlatformSpec;

struct SimulationOptions {
  /// SimGrid is given what a whole step asks of the machine; else, and for its own trace, piece by piece.
  bool segments = true;
  EventObserver* observer = nullptr;
  bool ideal_links = false;             ///< transfers take no time and no energy
  Watch watch;                          ///< of activities; steps have been planned with its memory account
  std::string trace_file;               ///< SimGrid's own Paje trace is written there as the run goes; empty: none
  QueueOrder order = QueueOrder::ById;  ///< ReadyById: where nothing is fetched ahead
  std::optional<FetchRules> fetch{};    ///< none: weights are not fetched ahead
};

/// Simulates planned steps. Time is SimGrid's clock, energy what its host and link energy plugins integrated. SimGrid
/// holds one engine a process: a second call in a process throws SimulationError. Throws SimulationError when the
/// simulation fails, where SimGrid would have to keep more than most_simgrid_routes, on a deadlock with the streams
/// that wait and for what, where streams that choose were to fetch ahead, and what the feed throws.
///
/// The result's names (scenario, model, cost model, data type, batch), `forward_passes` and `events` are the caller's
/// to fill in.
SimulationResult simulate(StepFeed& feed, const PlatformSpec& platform, const SimulationOptions& options);

/// "3.32": the SimGrid that runs.
std::string simgrid_version();

}  // namespace upmem_des
