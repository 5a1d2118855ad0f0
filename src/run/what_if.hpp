/// What a better machine would gain.
#pragma once

#include <vector>

#include "scenario/scenario.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A scenario of which one thing is faster.
struct FasterScenario {
  const char* what = "";  ///< a key of simulation.faster: "memory", "arithmetic", "links"
  double factor = 1;      ///< on top of what the scenario had there
  Scenario scenario;
};

/// With twice the bandwidth of memories, twice the arithmetic, twice the bandwidth of links.
std::vector<FasterScenario> each_twice_as_fast(const Scenario& scenario);

/// Simulates the scenario three times, each_twice_as_fast(), each in a process of its own. As run_isolated() it comes
/// before a run() of this process, and throws the same.
std::vector<WhatIf> what_if_twice(const Scenario& scenario);

}  // namespace upmem_des
