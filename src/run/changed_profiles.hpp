/// Figures of profiles that a scenario has changed for nothing. Internal to the room.
#pragma once

#include "run/mapping_use.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Warns of each profile with figures under `architectures` that no device of the machine has.
void warn_of_unused_changes(const Scenario& scenario, const PlatformSpec& platform, const Warn& warn);

}  // namespace upmem_des
