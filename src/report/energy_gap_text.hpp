/// What cannot be said of a run, since devices do not state their energies. Internal to the room.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A line with its end: which devices lack which keys, and what is not stated therefore. Empty where there are no gaps.
std::string energy_gap_text(const std::vector<EnergyGap>& gaps);

/// The same of one of several results, which begins with its name.
std::string energy_gap_text(const std::string& name, const std::vector<EnergyGap>& gaps);

}  // namespace upmem_des
