/// The summary on the terminal.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Time, tokens, energy, power, bytes and busy times of the whole run, prefill and decode, then a line for each device.
std::string result_text(const SimulationResult& result);

}  // namespace upmem_des
