/// What a run costs, as CSV.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// "load,unit,part,low,mid,high" and a row for each amount that can be told; `load` is "all" or "goodput". Throws
/// InputError where the result has no cost.
std::string cost_csv(const SimulationResult& result);

}  // namespace upmem_des
