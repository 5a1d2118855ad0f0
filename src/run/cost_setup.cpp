#include "run/cost_setup.hpp"

#include <algorithm>

#include "util/suggest.hpp"

namespace upmem_des {

Catalogue catalogue_of(const Scenario& scenario) {
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& file : scenario.architectures) catalogue.add_file(file);
  catalogue.change(scenario.architecture_changes);
  return catalogue;
}

CostOptions make_cost_options(const Scenario& scenario, const TraceHeader& header) {
  CostOptions options;
  options.dtype = scenario.workload.dtype.value_or(header.dtype);
  options.weight_dtype = scenario.workload.weight_dtype;
  if (!options.weight_dtype) {
    options.weight_dtype = header.weight_dtype;
    options.activation_dtype = header.activation_dtype;
  }
  options.kv_dtype = scenario.workload.kv_dtype.value_or(options.dtype);
  options.num_key_value_heads = scenario.simulation.num_key_value_heads;
  const std::string& unknown = scenario.simulation.unknown_operators;
  if (unknown == "memory") options.unknown_operators = UnknownOperators::Memory;
  if (unknown == "skip") options.unknown_operators = UnknownOperators::Skip;
  options.sliding_window = scenario.simulation.sliding_window;
  return options;
}

std::unique_ptr<CostModel> make_cost_model(const Scenario& scenario, const TraceHeader& header, CostOptions& options) {
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

}  // namespace upmem_des
