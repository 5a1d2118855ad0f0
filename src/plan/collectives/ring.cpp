#include "plan/collectives/ring.hpp"

namespace upmem_des {

namespace {

/// A device passes on all but what the next one has, or will have in the end.
Stages around(const Group& group, const std::vector<double>& shares, bool both_ways) {
  const std::size_t n = group.size();
  Stage stage = stage_of(n);
  stage.passes = static_cast<double>(n - 1);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t next = (i + 1) % n;
    if (!group.reaches(i, next) || (both_ways && !group.reaches(next, i))) return {};
    stage.teams.front().sends.push_back({i, next, (1 - shares[next]) / (both_ways ? 2 : 1)});
    if (both_ways) stage.teams.front().sends.push_back({next, i, (1 - shares[i]) / 2});
  }
  return {stage};
}

Stages ring(Collective collective, const Group& group, const std::vector<double>& shares, bool both_ways) {
  const std::vector<double> even = even_shares(group.size());
  if (collective == Collective::AllToAll) return {};
  if (collective == Collective::AllGather) return around(group, shares, both_ways);
  Stages scattered = around(group, even, both_ways);
  if (scattered.empty()) return {};
  // What comes is added to what is there, n − 1 times.
  scattered.back().sum = {2, 1 - even.front()};
  return collective == Collective::ReduceScatter ? scattered : in_turn(scattered, around(group, even, both_ways));
}

}  // namespace

Stages Ring::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  return ring(collective, group, shares, false);
}

Stages TwoWayRing::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  return group.size() < 3 ? Stages() : ring(collective, group, shares, true);
}

}  // namespace upmem_des
