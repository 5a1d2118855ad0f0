/// The main entry: a scenario in, a result out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "result/activity_record.hpp"
#include "result/event_record.hpp"
#include "result/simulation_result.hpp"
#include "run/prepared_run.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct RunOptions {
  /// Told of what is unusual but runs. May throw to make it an error.
  std::function<void(const std::string&)> warn;
  /// Told of every event in order of time.
  EventObserver* observer = nullptr;
  /// Told of everything that goes on.
  ActivityObserver* watcher = nullptr;
  /// SimGrid's own Paje trace is written there as the run goes; empty: none.
  std::string trace_file;
  /// Told now and then how many events of how many have been planned.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
};

/// Prepares a scenario and simulates it. Throws InputError on bad input, before SimGrid starts, and SimulationError
/// when the simulation fails. SimGrid holds one engine a process: a second run in a process throws SimulationError;
/// run_isolated() has no such limit.
SimulationResult run(const Scenario& scenario, const RunOptions& options = {});

/// The same for a run that has been prepared.
SimulationResult run(const PreparedRun& prepared, const RunOptions& options = {});

/// Sets what was run: names, cost model, schedule, formats.
void set_what_was_run(const PreparedRun& prepared, SimulationResult& result);

/// Simulates in a child process, so that a program can run many scenarios. Warnings go to `warn` before the child
/// starts. Throws as run() does. The program must not be multi-threaded at that time (it forks), nor have called run():
/// the child would inherit SimGrid's engine.
SimulationResult run_isolated(const Scenario& scenario, const std::function<void(const std::string&)>& warn = {});

}  // namespace upmem_des
