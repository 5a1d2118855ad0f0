#include "run/what_if.hpp"

#include "run/run.hpp"

namespace upmem_des {

std::vector<FasterScenario> each_twice_as_fast(const Scenario& scenario) {
  constexpr double twice = 2;
  std::vector<FasterScenario> all;
  const auto add = [&](const char* what, double Faster::*value) {
    all.push_back({what, twice, scenario});
    all.back().scenario.simulation.faster.*value *= twice;
  };
  add("memory", &Faster::memory);
  add("arithmetic", &Faster::arithmetic);
  add("links", &Faster::links);
  return all;
}

std::vector<WhatIf> what_if_twice(const Scenario& scenario) {
  std::vector<WhatIf> answers;
  for (const auto& [what, factor, faster] : each_twice_as_fast(scenario)) {
    const SimulationResult result = run_isolated(faster);
    answers.push_back(
        {what, factor, result.time_s, {result.phase(Phase::Prefill).time_s, result.phase(Phase::Decode).time_s}});
  }
  return answers;
}

}  // namespace upmem_des
