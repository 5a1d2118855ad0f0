/// Lines of a mapping that a changed default leaves where they were.
#pragma once

#include "run/device_map.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

/// Warns where the command line changed mapping.default and lines that named the same device as that still do: a part
/// of the network then stays on the device that was to be replaced.
void warn_of_left_behind(const Scenario& scenario, const Warn& warn);

}  // namespace upmem_des
