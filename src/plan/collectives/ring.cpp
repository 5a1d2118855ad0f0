#include "plan/collectives/ring.hpp"

#include <functional>

namespace upmem_des {

namespace {

/// `kept` is what does not pass from one device to the next: of an all-gather, what the next one has; of a
/// reduce-scatter, what the one before has in the end. `from_next` is the same the other way around.
template <class ShareOf>
Stages around(const Group& group, const ShareOf& kept, const ShareOf& from_next, bool both_ways) {
  const std::size_t n = group.size();
  Stage stage = stage_of(n);
  stage.passes = static_cast<double>(n - 1);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t next = (i + 1) % n;
    if (!group.reaches(i, next) || (both_ways && !group.reaches(next, i))) return {};
    stage.teams.front().sends.push_back({i, next, (1 - kept(i)) / (both_ways ? 2 : 1)});
    if (both_ways) stage.teams.front().sends.push_back({next, i, (1 - from_next(i)) / 2});
  }
  return {stage};
}

Stages ring(Collective collective, const Group& group, const std::vector<double>& shares, bool both_ways) {
  if (collective == Collective::AllToAll || has_root(collective)) return {};
  const std::size_t n = group.size();
  using ShareOf = std::function<double(std::size_t)>;
  const ShareOf own = [&](std::size_t i) { return shares[i]; };
  const ShareOf of_next = [&](std::size_t i) { return shares[(i + 1) % n]; };
  if (collective == Collective::AllGather) return around(group, of_next, own, both_ways);
  Stages scattered = around(group, own, of_next, both_ways);
  if (scattered.empty()) return {};
  // What comes is added to what is there, n − 1 times.
  Stage& added = scattered.back();
  added.sum = {2, 1 - 1 / static_cast<double>(n)};
  std::vector<double>& sums = added.teams.front().sum_shares;
  sums.resize(n);
  for (const Send& send : added.teams.front().sends) sums[send.to] += send.share;
  return collective == Collective::ReduceScatter ? scattered
                                                 : in_turn(scattered, around(group, of_next, own, both_ways));
}

}  // namespace

Stages Ring::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  return ring(collective, group, shares, false);
}

Stages TwoWayRing::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  return group.size() < 3 ? Stages() : ring(collective, group, shares, true);
}

}  // namespace upmem_des
