#include "upmem_des/library/run.hpp"

#include <variant>

#include "run/child_answer.hpp"
#include "run/run.hpp"
#include "service/checked_serving.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/report/serving_json.hpp"

namespace upmem_des {

namespace {

CheckedServing checked_serving(const LoadedScenario& scenario, const Warn& warn) {
  if (!scenario.serves_requests())
    throw InputError({scenario.contents().file}, "workload.requests",
                     "missing; expected what a server is asked, or run() for this scenario");
  return check_serving(
      scenario.contents(), warn ? warn : [](const std::string&) {});
}

ServingRun serve(const CheckedServing& checked, const ServeOptions& options) {
  ServingRun run = serve(*checked.prepared, *checked.requests, options);
  run.machine.what_was_run.inputs = checked.inputs;
  return run;
}

}  // namespace

SimulationResult run(const LoadedScenario& scenario, const RunOptions& options) {
  return run(PreparedScenario(scenario, options.warn), options);
}

SimulationResult run(const PreparedScenario& prepared, const RunOptions& options) {
  SimulationResult result = run(prepared.contents(), options);
  result.what_was_run.inputs = prepared.inputs();
  return result;
}

SimulationResult run_isolated(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn) {
  const PreparedScenario prepared(scenario, warn);
  SimulationResult result = run_isolated(prepared.contents());
  result.what_was_run.inputs = prepared.inputs();
  return result;
}

ServingRun serve(const LoadedScenario& scenario, const ServeOptions& options,
                 const std::function<void(const std::string&)>& warn) {
  return serve(checked_serving(scenario, warn), options);
}

ServingRun serve_isolated(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn) {
  const CheckedServing checked = checked_serving(scenario, warn);
  return std::get<ServingRun>(
      parse_any_result_json(answer_of_child([&] { return serving_json(serve(checked, {})); }), "simulation"));
}

}  // namespace upmem_des
