/// Results back from JSON.
#pragma once

#include <string>

#include "result/simulation_result.hpp"

namespace upmem_des {

/// Reads what result_json() wrote. `origin` stands for the file's name. Throws InputError on anything else.
SimulationResult parse_result_json(const std::string& text, const std::string& origin);

}  // namespace upmem_des
