/// The machine that a scenario runs on. Internal to the room.
#pragma once

#include "scenario/scenario.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// The machine of the platform file or, without one, a star of HOST and the devices that the mapping names. Throws
/// InputError on a platform file that cannot be used and as mapped_profiles() does.
PlatformSpec scenario_platform(const Scenario& scenario, const CostModel& model);

}  // namespace upmem_des
