/// What stands for devices, links and routes of a platform.
#pragma once

#include <cstddef>

namespace upmem_des {

/// Index into PlatformSpec::devices.
using DeviceIndex = std::size_t;
inline constexpr DeviceIndex host_device = 0;

/// Index into PlatformSpec::links.
using LinkIndex = std::size_t;

/// Index into PlatformSpec::routes.
using RouteIndex = std::size_t;

}  // namespace upmem_des
