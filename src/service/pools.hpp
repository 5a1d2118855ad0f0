/// Pools of instances on parts of one platform.
#pragma once

#include <cstdint>
#include <vector>

#include "scenario/scenario.hpp"
#include "service/machine_windows.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// The devices of each instance of a pool, in order, by DeviceIndex of the platform. Throws InputError on devices that
/// there are not, HOST, and replicas that do not divide the devices; `name` is "prefill" or "decode".
std::vector<std::vector<DeviceIndex>> instances_of(const PoolSection& pool, const std::string& name,
                                                   const PlatformSpec& platform);

/// HOST and the devices of a platform file by name, in order: enough for instances_of(). Throws InputError where the
/// scenario has no platform file, or one that cannot be read.
PlatformSpec named_devices(const Scenario& scenario);

/// The scenario of a pool's first instance: all of its model runs on these devices of the whole platform.
Scenario pool_scenario(Scenario scenario, const PoolSection& pool, const std::vector<DeviceIndex>& devices,
                       const PlatformSpec& named);

/// Where each of a pool's instances is on the platform that all of them are parts of: its devices in place of the
/// first's, and the links between them and from and to HOST in place of the first's. Throws InputError where these are
/// not alike.
std::vector<InstancePlace> pool_placements(const PlatformSpec& platform,
                                           const std::vector<std::vector<DeviceIndex>>& instances,
                                           const PoolSection& pool, const std::string& name);

}  // namespace upmem_des
