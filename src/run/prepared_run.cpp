#include "run/prepared_run.hpp"

#include <algorithm>

#include "platform/generated_platform.hpp"
#include "run/survey.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

CostOptions make_cost_options(const Scenario& scenario, const TraceHeader& header) {
  CostOptions options;
  options.dtype = scenario.workload.dtype.value_or(header.dtype);
  options.kv_dtype = scenario.workload.kv_dtype.value_or(options.dtype);
  options.num_key_value_heads = scenario.simulation.num_key_value_heads;
  options.sliding_window = scenario.simulation.sliding_window;
  return options;
}

std::unique_ptr<CostModel> make_model(const Scenario& scenario, const TraceHeader& header, CostOptions& options) {
  const SimulationSection& simulation = scenario.simulation;
  const std::vector<std::string> names = cost_model_names();
  if (std::find(names.begin(), names.end(), simulation.cost_model) == names.end())
    throw InputError(simulation.cost_model_where, "simulation.cost_model",
                     "unknown cost model '" + simulation.cost_model + "'; expected one of " + listed(names) +
                         did_you_mean(simulation.cost_model, names));
  std::unique_ptr<CostModel> model = make_cost_model(simulation.cost_model, options);
  if (!model->uses_trace_attention_shape()) return model;
  if (!options.num_key_value_heads) options.num_key_value_heads = header.num_key_value_heads;
  if (!options.sliding_window) options.sliding_window = header.sliding_window;
  return make_cost_model(simulation.cost_model, options);
}

}  // namespace

PreparedRun::PreparedRun(const Scenario& scenario, const Warn& warn)
    : scenario_(scenario),
      workload_(scenario_.workload),
      cost_options_(make_cost_options(scenario_, workload_.header())),
      model_(make_model(scenario_, workload_.header(), cost_options_)) {
  for (const std::string& warning : workload_.warnings()) warn(warning);
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& file : scenario_.architectures) catalogue.add_file(file);
  DeviceMap map = build_device_map(scenario_, catalogue, *model_, warn);
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
