#include "upmem_des/library/run.hpp"

#include "library/run_only.hpp"
#include "run/run.hpp"
#include "service/checked_serving.hpp"

namespace upmem_des {

SimulationResult run(const LoadedScenario& scenario, const RunOptions& options) {
  return run(PreparedScenario(scenario, options.warn), options);
}

SimulationResult run(const PreparedScenario& prepared, const RunOptions& options) {
  return run(prepared.contents(), options);
}

SimulationResult run_isolated(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn) {
  expect_run(scenario);
  return run_isolated(scenario.contents(), warn);
}

ServingRun serve(const LoadedScenario& scenario, const ServeOptions& options,
                 const std::function<void(const std::string&)>& warn) {
  if (!scenario.serves_requests())
    throw InputError({scenario.contents().file}, "workload.requests",
                     "missing; expected what a server is asked, or run() for this scenario");
  const CheckedServing checked = check_serving(
      scenario.contents(), warn ? warn : [](const std::string&) {});
  return serve(*checked.prepared, *checked.requests, options);
}

}  // namespace upmem_des
