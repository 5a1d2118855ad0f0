/// The platform of a scenario that names none.
#pragma once

#include <functional>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// A star: HOST (the first profile) and one device for each further profile, each with links of its own to and from
/// the host. `ratings` gives the rates of a profile. With `host_link`, HOST has a link to itself.
PlatformSpec generate_platform(const std::vector<Architecture>& profiles,
                               const std::function<DeviceRatings(const Architecture&)>& ratings, bool host_link);

}  // namespace upmem_des
