/// What a run costs, for terminals. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/price/cost_report.hpp"

namespace upmem_des {

/// A table of US dollars, kWh and grams of CO2 by unit, at the throughput simulated and at the goodput; below it what
/// is not said, and why.
std::string cost_text(const CostReport& report);

}  // namespace upmem_des
