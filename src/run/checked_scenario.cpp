#include "run/checked_scenario.hpp"

#include "run/input_digest.hpp"
#include "run/prepared_run.hpp"
#include "run/profile_workload.hpp"

namespace upmem_des {

CheckedScenario check_scenario(const Scenario& scenario, const Warn& warn) {
  const InputFiles files(scenario, InputFiles::Extent::WithNetwork);
  if (scenario.workload.profile) return {std::nullopt, input_digest(scenario, check_unprofiled(scenario, warn), files)};
  const PreparedRun prepared(scenario, warn);
  return {prepared.events(), input_digest(prepared.scenario(), prepared.platform(), files)};
}

void expect_inputs(const Scenario& scenario, const std::string& expected, const std::string& inputs) {
  if (inputs == expected) return;
  throw InputError({scenario.file}, "its inputs have changed since they were checked: expected " + expected + ", got " +
                                        inputs + "; expected the same files and program version");
}

}  // namespace upmem_des
