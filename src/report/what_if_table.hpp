/// What holds a run back.
#pragma once

#include <string>

#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// What each phase waits for, and how much shorter it is where one thing is twice as fast: lines of a text. Of a result
/// without what_if nothing. A phase is said to be bound by what shortens it most, where that is 2 % or more; else by
/// what no faster device or link changes.
std::string what_if_table(const SimulationResult& result);

/// The same of served requests: by how much their means of TTFT and TPOT, and the rate of output tokens, change.
std::string served_what_if_table(const ServingResult& result);

}  // namespace upmem_des
