/// Ways of the topologies that SimGrid has zones for, as plain data: the same links and routing. (SimGrid's star is our
/// switch; what its clusters call a backbone is a switch with `oversubscription`.)
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "upmem_des/platform/network_shape.hpp"
#include "upmem_des/platform/route_list.hpp"

namespace upmem_des {

/// Adds a link to the platform: what follows the network's name in its name ("[0-1]"), the position of the device whose
/// own it is (none: several use it), and how many times as wide as the network's links it is.
using AddLink = std::function<LinkIndex(const std::string& name, std::optional<std::size_t> owner, std::size_t width)>;

/// Wires to both neighbours in every dimension ("[0-1]" from position 0 to 1). A way goes dimension by dimension, the
/// shorter way round: TorusZone. Two devices in a dimension have one wire each way.
std::shared_ptr<const NetworkWays> make_torus(const NetworkShape& shape, const AddLink& add);

/// Levels of switches: "[0.3-1.0]" is the wire from device 3 up to switch 0 of the first level, and "[0.3-1.0:1]" a
/// second one. A way goes up, by destination (d-mod-k), to the first switch that has it below, and down: FatTreeZone
/// (of SimGrid 3.32; others take another of parallel wires).
std::shared_ptr<const NetworkWays> make_fat_tree(const NetworkShape& shape, const AddLink& add);

/// Groups of chassis of routers of devices: ".node[3].up" and ".down" between a device and its router, ".green[0-1]"
/// between routers of a chassis, ".black[0-2]" between the same router of two chassis, ".blue[1-4]" between two groups.
/// Ways are minimal: DragonflyZone, but for its ways in a group from another chassis than the first to another router,
/// which jump from one chassis to another. There are no more groups than routers in a chassis.
std::shared_ptr<const NetworkWays> make_dragonfly(const NetworkShape& shape, const AddLink& add);

}  // namespace upmem_des
