/// What holds a run back.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// What each phase waits for, and how much shorter it is where one thing is twice as fast: lines of a text. Of a result
/// without what_if nothing. A phase is said to be bound by what shortens it most, where that is 2 % or more; else by
/// what no faster device or link changes.
std::string what_if_table(const SimulationResult& result);

}  // namespace upmem_des
