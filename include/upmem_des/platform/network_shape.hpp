/// What a topology of several sizes is made of.
#pragma once

#include <cstddef>
#include <vector>

namespace upmem_des {

/// The parameters of SimGrid's create_torus_zone(), create_fatTree_zone() and create_dragonfly_zone(). What a topology
/// has no use for is empty or 0.
struct NetworkShape {
  /// So many that are alike, and how many wires one link between two of them stands for.
  struct Many {
    std::size_t count = 0;
    std::size_t links = 0;
  };

  std::vector<std::size_t> dimensions;  ///< of a torus; the first is that in which positions follow each other

  // Of a fat tree, by level from the devices up.
  std::vector<std::size_t> down;   ///< children of a switch
  std::vector<std::size_t> up;     ///< parents of a device or switch below
  std::vector<std::size_t> links;  ///< from each child to each parent

  // Of a dragonfly.
  Many groups;
  Many chassis;           ///< of a group
  Many routers;           ///< of a chassis
  std::size_t nodes = 0;  ///< of a router: devices
};

}  // namespace upmem_des
