#include "upmem_des/library/prepared_scenario.hpp"

#include "library/run_only.hpp"
#include "run/input_digest.hpp"
#include "run/input_files.hpp"
#include "run/prepared_run.hpp"

namespace upmem_des {

void expect_run(const LoadedScenario& scenario) {
  if (scenario.serves_requests())
    throw InputError({scenario.contents().file}, "workload.requests",
                     "are served; expected serve(), or a scenario without requests");
}

namespace {

std::unique_ptr<const InputFiles> input_files(const LoadedScenario& scenario) {
  expect_run(scenario);
  return std::make_unique<const InputFiles>(scenario.contents(), InputFiles::Extent::WithoutNetwork);
}

std::unique_ptr<const PreparedRun> prepared(const LoadedScenario& scenario, const Warn& warn) {
  return std::make_unique<const PreparedRun>(
      scenario.contents(), warn ? warn : [](const std::string&) {});
}

}  // namespace

PreparedScenario::PreparedScenario(const LoadedScenario& scenario, const std::function<void(const std::string&)>& warn)
    : files_(input_files(scenario)), run_(prepared(scenario, warn)) {}

PreparedScenario::~PreparedScenario() = default;

const PlatformSpec& PreparedScenario::platform() const {
  return run_->platform();
}

std::vector<double> PreparedScenario::weights_B() const {
  std::vector<double> weights_B;
  for (const HeldBytes& held : run_->held()) weights_B.push_back(held.weights_B);
  return weights_B;
}

std::int64_t PreparedScenario::events() const {
  return run_->events();
}

std::string PreparedScenario::inputs() const {
  const Workload& workload = run_->scenario().workload;
  if (workload.recorded || workload.profile) return "";
  files_->expect_same();
  return input_digest(run_->scenario(), run_->platform(), *files_);
}

}  // namespace upmem_des
