/// Algorithms that are fixed in vain.
#pragma once

#include "plan/collectives/collective_log.hpp"
#include "run/device_map.hpp"
#include "upmem_des/util/named_choice.hpp"

namespace upmem_des {

/// Warns, once for each group of devices and collective, where what a platform fixes, or a scenario in place of that,
/// cannot serve the group, so that another algorithm has been taken.
void warn_of_unserved(const CollectiveLog& log, const PlatformSpec& platform,
                      const std::vector<NamedChoice>& of_scenario, const Warn& warn);

}  // namespace upmem_des
