#include "plan/collectives/to_root.hpp"

namespace upmem_des {

Stages to_root(const Group& group, const std::vector<double>& shares, const std::function<bool(std::size_t)>& by_host) {
  const std::size_t root = group.root();
  Stages stages{flowing_stage({root})};
  double down = 0;
  bool any_by_host = false;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (i == root) continue;
    const bool goes_up = by_host(i);
    stages.front().teams.front().sends.push_back({i, goes_up ? Send::host : root, shares[i]});
    any_by_host = any_by_host || goes_up;
    if (goes_up) down += shares[i];
  }
  if (!any_by_host) return stages;
  stages.push_back(flowing_stage({root}));
  stages.back().teams.front().sends.push_back({Send::host, root, down});
  return stages;
}

}  // namespace upmem_des
