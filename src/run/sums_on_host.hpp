/// A machine that lets its host add.
#pragma once

#include "plan/collectives/collective_log.hpp"
#include "run/device_map.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Warns where sums of devices that lie in several networks are added on the host, as none joins them all, and says how
/// long the largest of them takes there.
void warn_of_sums_on_host(const CollectiveLog& log, const PlatformSpec& platform, double bytes_per_element,
                          const SourceLocation& where, const Warn& warn);

}  // namespace upmem_des
