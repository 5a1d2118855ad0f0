/// What one should know of a run before its numbers. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Lines with their ends: that all devices are ideal, which devices hold something and do not say how much they can,
/// which energies are not stated. Empty where there is nothing.
std::string run_notes(const SimulationResult& result);

}  // namespace upmem_des
