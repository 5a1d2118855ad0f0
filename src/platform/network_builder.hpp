/// Links from device to device.
#pragma once

#include "platform/platform_file.hpp"
#include "platform/platform_spec.hpp"

namespace upmem_des {

/// Adds the links of a network, and a route for every ordered pair of its devices, to a platform whose groups are those
/// of the file. Switch: "gpu[0].nvlink.up" and ".down", owned by that device; a route crosses the sender's up and the
/// receiver's down link. Ring and mesh: "nvlink[0-1]" from the device at position 0 of the network to the one at
/// position 1, owned by the sender. On a ring a route goes the shorter way over all links in between, upwards where
/// both are equally long; two devices have one link each.
void add_network(PlatformSpec& platform, const PlatformFile::Network& network);

}  // namespace upmem_des
