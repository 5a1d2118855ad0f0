#include "report/json_report.hpp"
#include "run/child_answer.hpp"
#include "run/run.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

SimulationResult run_isolated(const Scenario& scenario, const std::function<void(const std::string&)>& warn) {
  const PreparedRun prepared(
      scenario, warn ? warn : [](const std::string&) {});
  return run_isolated(prepared);
}

SimulationResult run_isolated(const PreparedRun& prepared) {
  return parse_result_json(answer_of_child([&] { return result_json(run(prepared)); }), "simulation");
}

}  // namespace upmem_des
