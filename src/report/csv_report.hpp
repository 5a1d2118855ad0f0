/// Results as CSV.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A header with units, then a line for each phase, type and name of event. RFC 4180 quoting, '\n' line ends, numbers
/// that read back as the same doubles.
std::string result_csv(const SimulationResult& result);

}  // namespace upmem_des
