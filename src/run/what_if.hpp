/// What a better machine would gain.
#pragma once

#include <vector>

#include "scenario/scenario.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Simulates the scenario three times, each in a process of its own: with twice the bandwidth of memories, twice the
/// arithmetic, twice the bandwidth of links (simulation.faster; on top of what the scenario has there). As
/// run_isolated() it comes before a run() of this process, and throws the same.
std::vector<WhatIf> what_if_twice(const Scenario& scenario);

}  // namespace upmem_des
