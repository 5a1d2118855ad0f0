/// What a device's power limit makes of a step.
#pragma once

#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

// A board holds its power to the limit in the mean over milliseconds, by its clock. Here the mean is that of a step:
// idle_W + active_W + the step's energy over its time, power_limit_W at most. Without a limit nothing changes. Steps
// of more energy or time do not become shorter or take less.

/// The step at the clock that the limit leaves at constant energy: as long as its energy takes at what the limit leaves
/// for it, E / (power_limit_W - idle_W - active_W), where that is longer. All its times are longer in the same
/// proportion.
Step slowed_to_limit(Step step, const Architecture& device);
/// Each step of it.
Demand slowed_to_limit(const Demand& demand, const Architecture& device);

/// The same of a step whose time was measured on the device, so that the clock is in it: at that clock operations take
/// less energy each, together what the limit leaves over that time, (power_limit_W - idle_W - active_W) x t, at most.
Step saved_to_limit(Step step, const Architecture& device);

}  // namespace upmem_des
