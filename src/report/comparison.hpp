/// Two results side by side.
#pragma once

#include <string>

#include "result/simulation_result.hpp"

namespace upmem_des {

/// Time, energy, power and tokens/s of both, by phase, and the ratio of the second to the first. `first_name` and
/// `second_name` head the columns.
std::string comparison_text(const SimulationResult& first, const std::string& first_name,
                            const SimulationResult& second, const std::string& second_name);

}  // namespace upmem_des
