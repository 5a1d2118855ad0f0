/// What a better machine would gain for those who are served.
#pragma once

#include <vector>

#include "scenario/scenario.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Serves the scenario's requests three times, each in a process of its own: with twice the bandwidth of memories,
/// twice the arithmetic, twice the bandwidth of links (simulation.faster; on top of what the scenario has there). Comes
/// before a simulation of this process, see answer_of_child().
std::vector<ServedWhatIf> what_if_served_twice(const Scenario& scenario);

}  // namespace upmem_des
