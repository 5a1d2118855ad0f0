/// The log's summary.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A table of each phase, a line for each type and name of event: count, time, share of the phase, parts, energy; the
/// longest first.
std::string class_table(const SimulationResult& result);

}  // namespace upmem_des
