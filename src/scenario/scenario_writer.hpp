/// A scenario as YAML.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace upmem_des {

/// Everything that the scenario says, defaults included, with absolute paths: load_scenario() reads it from anywhere
/// and gets the same scenario. Throws InputError on a scenario whose trace is in memory.
std::string scenario_yaml(const Scenario& scenario);

}  // namespace upmem_des
