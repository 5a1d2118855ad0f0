#include "cli/scenario_options.hpp"

#include <utility>

#include "cli/option_values.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

namespace {

/// The options that stand for a key. They come after all --set.
std::vector<ScenarioOverrides::Setting> shorthands(const ScenarioOptions& options) {
  std::vector<ScenarioOverrides::Setting> settings;
  const auto add = [&](const char* option, const char* key, const std::string& value) {
    if (!value.empty()) settings.push_back({key, value, option});
  };
  add("--cost-model", "simulation.cost_model", options.cost_model);
  add("--dtype", "workload.dtype", options.dtype);
  add("--num-key-value-heads", "simulation.num_key_value_heads", options.num_key_value_heads);
  add("--sliding-window", "simulation.sliding_window", options.sliding_window);
  return settings;
}

}  // namespace

void add_scenario_options(CLI::App& command, ScenarioOptions& options) {
  const auto repeatable = [](CLI::Option* option) {
    option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  command.add_option("SCENARIO", options.path, "Scenario file (YAML)")->required();
  repeatable(command.add_option("--set", options.settings, "Change a key, such as workload.batch=8 (repeatable)")
                 ->option_text("KEY=VALUE"));
  repeatable(
      command.add_option("--extra-archs", options.extra_archs, "Further device file (repeatable; same names replace)")
          ->option_text("FILE"));
  command.add_option("--cost-model", options.cost_model, "roofline or reference")
      ->option_text("NAME")
      ->check(offered(cost_model_names()));
  command.add_option("--dtype", options.dtype, "Number format: int4, int8, fp8, bfloat16 …")
      ->option_text("TYPE")
      ->check(offered(number_format_names()));
  command.add_option("--num-key-value-heads", options.num_key_value_heads, "Heads that the KV cache holds")
      ->option_text("N");
  command.add_option("--sliding-window", options.sliding_window, "Rows that attention sees at most")->option_text("N");
}

std::vector<std::string> words_of(const ScenarioOptions& options) {
  std::vector<std::string> words{options.path};
  const auto add = [&](const char* option, const std::string& value) { words.insert(words.end(), {option, value}); };
  for (const std::string& setting : options.settings) add("--set", setting);
  for (const std::string& file : options.extra_archs) add("--extra-archs", file);
  // As settings: a --dtype would win over a --set that follows.
  for (const ScenarioOverrides::Setting& one : shorthands(options)) add("--set", one.key + "=" + one.value);
  return words;
}

Scenario load_scenario(const ScenarioOptions& options) {
  ScenarioOverrides overrides;
  for (const std::string& text : options.settings) overrides.settings.push_back(parse_setting(text, "--set"));
  std::vector<ScenarioOverrides::Setting> settings = shorthands(options);
  for (ScenarioOverrides::Setting& one : settings) overrides.settings.push_back(std::move(one));
  overrides.architectures = options.extra_archs;
  return load_scenario(options.path, overrides);
}

}  // namespace upmem_des
