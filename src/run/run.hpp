/// The main entry: a scenario in, a result out.
#pragma once

#include <functional>
#include <string>

#include "run/prepared_run.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/result/activity_record.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/run/run_options.hpp"

namespace upmem_des {

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

/// The same for a run that has been prepared.
SimulationResult run_isolated(const PreparedRun& prepared);

}  // namespace upmem_des
