/// Devices and links of a summary. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A line for each device: events, busy shares, energy; what it holds at most where any device holds something, as a
/// share of its capacity where that is known. Devices of a group that would have equal lines share one, which shows
/// what each of them has.
std::string device_table(const SimulationResult& result);

/// A line for each link that was used: moved bytes, the share of its bandwidth over the run, energy by phase. Folded as
/// the devices are, at most 12 lines and one that counts the rest. Empty where each link belongs to one device and none
/// between devices was used: the devices' table then says it all.
std::string link_table(const SimulationResult& result);

/// How devices have carried out collectives; empty where there were none.
std::string collective_table(const SimulationResult& result);

}  // namespace upmem_des
