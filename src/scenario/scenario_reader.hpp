/// Scenario files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenario/scenario.hpp"

namespace upmem_des {

/// Changes on top of a scenario file, from the command line.
struct ScenarioOverrides {
  /// A dotted key, its value as YAML, and the option that said so ("--set", "--dtype"), for messages.
  struct Setting {
    std::string key;
    std::string value;
    std::string option;
  };
  std::vector<Setting> settings;           ///< later ones win
  std::vector<std::string> architectures;  ///< further device files, relative to the working folder
};

/// Reads a scenario, whose file find_named_file() finds; "-" is standard input. Paths in the scenario are relative to
/// it, then to the data folder; in settings to the working folder. Throws InputError on everything that is wrong with
/// the file by itself: syntax, unknown or missing keys, types, ranges, a scenario that names itself.
Scenario load_scenario(const std::string& path, const ScenarioOverrides& overrides = {});

/// "key=value" from the command line. Throws InputError when there is no key or no '='.
ScenarioOverrides::Setting parse_setting(const std::string& text, const std::string& option);

}  // namespace upmem_des
