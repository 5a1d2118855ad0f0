/// Which of several sets lies in which.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace upmem_des {

struct NetworkLevels {
  /// By set: 0 where no other lies in it, else one more than the highest of those that do.
  std::vector<std::size_t> levels;
  /// The first two sets found that are equal, or have something in common and each something that the other has not.
  /// The levels mean nothing then.
  std::optional<std::pair<std::size_t, std::size_t>> overlap;
};

/// Of sets of devices with numbers below `devices`, none empty, each device once in a set.
NetworkLevels find_network_levels(const std::vector<std::vector<std::size_t>>& sets, std::size_t devices);

}  // namespace upmem_des
