#include "run/prepared_run.hpp"

#include "platform/generated_platform.hpp"
#include "run/cost_setup.hpp"
#include "run/profile_workload.hpp"
#include "run/survey.hpp"

namespace upmem_des {

PreparedRun::PreparedRun(const Scenario& scenario, const Warn& warn)
    : scenario_(profiled(scenario, warn)),
      workload_(scenario_.workload),
      cost_options_(make_cost_options(scenario_, workload_.header())),
      model_(make_cost_model(scenario_, workload_.header(), cost_options_)) {
  for (const std::string& warning : workload_.warnings()) warn(warning);
  DeviceMap map = build_device_map(scenario_, catalogue_of(scenario_), *model_, warn);
  mapping_ = std::move(map.mapping);
  const bool host_link = model_->transfer_rules() == TransferRules::Published && scenario_.moe;
  platform_ = generate_platform(
      map.profiles, [this](const Architecture& profile) { return model_->ratings(profile); }, host_link);
  const SurveyResult surveyed = survey(scenario_, workload_, rules(), cost_options_, warn);
  events_ = workload_.expected_events().value_or(surveyed.events);
}

PlanRules PreparedRun::rules() const {
  PlanRules rules{
      platform_, mapping_, *model_, {}, Name(scenario_.workload.last_layer), bytes_per_element(cost_options_.dtype)};
  if (scenario_.moe) rules.moe = {Name(scenario_.moe->end), scenario_.moe->experts_per_token};
  return rules;
}

}  // namespace upmem_des
