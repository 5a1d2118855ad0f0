/// Links from device to device.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "platform/platform_file.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Adds the links of a network between `devices`, and its ways, to a platform that has those devices. `name` is that of
/// NetworkSpec.
///
/// Switch: "gpu[0].nvlink.up" and ".down", owned by that device; a route crosses the sender's up and the receiver's
/// down link. With NICs there is "ib.nic[0].up" and ".down" in between, for devices that follow each other, unless both
/// ends are behind the same one; with oversubscription all routes that leave a NIC, or a device where there are none,
/// cross "ib.middle", which is as much slower than all of those together. Ring and mesh: "nvlink[0-1]" from the device
/// at position 0 of the network to the one at position 1, owned by the sender. On a ring a route goes the shorter way
/// over all links in between, upwards where both are equally long; two devices have one link each.
void add_network(PlatformSpec& platform, const PlatformFile::Network& network, const std::string& name,
                 std::vector<DeviceIndex> devices, std::size_t level);

}  // namespace upmem_des
