/// Which scenarios are run, and which are served. Internal to the room.
#pragma once

#include "upmem_des/library/loaded_scenario.hpp"

namespace upmem_des {

/// Throws InputError on a scenario that serves requests.
void expect_run(const LoadedScenario& scenario);

}  // namespace upmem_des
