/// What work costs by the cost model's formulas and the links' figures.
#pragma once

#include "upmem_des/cost/demand.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

/// Adds a demand's energy, flop and bytes to `cost`, and how long its resources are busy. Returns the latter. The
/// cost's time stays as it is.
BusyTimes add_demand(const Demand& demand, EventCost& cost);

/// The part of a device's energy that links of a role count in.
double& energy_part(EnergyParts& energy, LinkRole role);

}  // namespace upmem_des
