#include "platform/network_levels.hpp"

#include <algorithm>
#include <numeric>

namespace upmem_des {

NetworkLevels find_network_levels(const std::vector<std::vector<std::size_t>>& sets, std::size_t devices) {
  NetworkLevels found;
  found.levels.resize(sets.size());
  std::vector<std::size_t> by_size(sets.size());
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t a, std::size_t b) { return sets[a].size() > sets[b].size(); });
  std::vector<std::optional<std::size_t>> innermost(devices);  // the smallest set so far that a device is in
  std::vector<std::optional<std::size_t>> around(sets.size());
  for (const std::size_t set : by_size) {
    around[set] = innermost[sets[set].front()];
    for (const std::size_t device : sets[set]) {
      if (innermost[device] != around[set]) {
        // One of the two has this device or the first, but not both, and is no smaller than `set`.
        const bool other =
            !around[set] || (innermost[device] && sets[*innermost[device]].size() < sets[*around[set]].size());
        found.overlap.emplace(other ? *innermost[device] : *around[set], set);
        return found;
      }
      innermost[device] = set;
    }
    if (around[set] && sets[*around[set]].size() == sets[set].size()) {
      found.overlap.emplace(*around[set], set);
      return found;
    }
  }
  for (auto set = by_size.rbegin(); set != by_size.rend(); ++set)
    if (around[*set]) {
      std::size_t& level = found.levels[*around[*set]];
      level = std::max(level, found.levels[*set] + 1);
    }
  return found;
}

}  // namespace upmem_des
