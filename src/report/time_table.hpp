/// Where the time of devices goes, in a summary. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A line for each phase and device that does something for more than 0.05 % of it: the shares of the phase's time that
/// TimeUse tells apart, overhead and communication where any device has as much. Folded as device_table() is, at most
/// 24 lines and one that counts the rest. Empty for results of earlier programs.
std::string time_table(const SimulationResult& result);

/// The same of served requests: the shares of the run's time that DeviceTime tells apart.
std::string time_table(const ServingRun& run);

}  // namespace upmem_des
