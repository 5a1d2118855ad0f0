/// The main entry: a scenario in, a result out.
#pragma once

#include <functional>
#include <string>

#include "upmem_des/library/loaded_scenario.hpp"
#include "upmem_des/library/prepared_scenario.hpp"
#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/run/run_options.hpp"
#include "upmem_des/service/serve_options.hpp"

namespace upmem_des {

/// Prepares a scenario and simulates it. Throws InputError on bad input, before SimGrid starts, and on a scenario that
/// serves requests; SimulationError when the simulation fails. SimGrid holds one engine a process: a second run in a
/// process throws SimulationError; run_isolated() has no such limit.
SimulationResult run(const LoadedScenario& scenario, const RunOptions& options = {});

/// The same for a scenario that has been prepared.
SimulationResult run(const PreparedScenario& prepared, const RunOptions& options = {});

/// Simulates in a child process, so that a program can run many scenarios. Warnings go to `warn` before the child
/// starts; nobody else is told, since it would be told in the child. Throws as run() does. The program must not be
/// multi-threaded at that time (it forks), nor have called run() or serve(): the child would inherit SimGrid's engine.
SimulationResult run_isolated(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn = {});

/// Serves the requests of a scenario that has some (workload.requests). Throws InputError on bad input and on a
/// scenario without requests, before SimGrid starts, and SimulationError when the simulation fails or SimGrid has had a
/// run in this process. `warn` is told of what is unusual, and may throw to make it an error.
ServingRun serve(const LoadedScenario& scenario, const ServeOptions& options = {},
                 const std::function<void(const std::string&)>& warn = {});

/// Serves in a child process, so that a program can compare servers. As run_isolated(); throws as serve() does.
ServingRun serve_isolated(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn = {});

}  // namespace upmem_des
