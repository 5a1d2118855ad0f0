/// Results as JSON.
#pragma once

#include <string>

#include "result/simulation_result.hpp"

namespace upmem_des {

/// The result as a JSON document ("upmem-des-result", version 1), described in docs/result.md. Numbers are in the unit
/// that their key ends in and read back as the same doubles.
std::string result_json(const SimulationResult& result);

}  // namespace upmem_des
