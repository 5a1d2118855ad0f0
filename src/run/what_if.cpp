#include "run/what_if.hpp"

#include "run/run.hpp"

namespace upmem_des {

std::vector<WhatIf> what_if_twice(const Scenario& scenario) {
  constexpr double twice = 2;
  std::vector<WhatIf> answers;
  const auto ask = [&](const char* what, double Faster::*value) {
    Scenario better = scenario;
    better.simulation.faster.*value *= twice;
    const SimulationResult result = run_isolated(better);
    answers.push_back(
        {what, twice, result.time_s, {result.phase(Phase::Prefill).time_s, result.phase(Phase::Decode).time_s}});
  };
  ask("memory", &Faster::memory);
  ask("arithmetic", &Faster::arithmetic);
  ask("links", &Faster::links);
  return answers;
}

}  // namespace upmem_des
