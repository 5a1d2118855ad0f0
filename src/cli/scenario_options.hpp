/// The options that name a scenario and change it, shared by `run` and `platform show`.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "scenario/scenario_reader.hpp"

namespace upmem_des {

struct ScenarioOptions {
  std::string path;
  std::vector<std::string> settings;
  std::vector<std::string> extra_archs;
  std::string cost_model;
  std::string dtype;
  std::string num_key_value_heads;
  std::string sliding_window;
};

/// Adds the options to a subcommand; `options` outlives it.
void add_scenario_options(CLI::App& command, ScenarioOptions& options);

/// The command line that says the same: the path, and the options that were given; those that stand for a key as --set.
std::vector<std::string> words_of(const ScenarioOptions& options);

/// Loads the scenario with the changes. Throws InputError as load_scenario() does.
Scenario load_scenario(const ScenarioOptions& options);

}  // namespace upmem_des
