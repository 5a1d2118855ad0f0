#include "plan/collectives/direct.hpp"

#include "plan/collectives/to_root.hpp"

namespace upmem_des {

namespace {

/// Device i sends share_of(i, j) to each device j.
template <class ShareOf>
Stages send_all(const Group& group, const ShareOf& share_of) {
  const std::size_t n = group.size();
  Stage stage = stage_of(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      if (!group.reaches(i, j)) return {};
      stage.teams.front().sends.push_back({i, j, share_of(i, j)});
    }
  return {stage};
}

/// Of those that have the tensor and a way, the first of those that serve the fewest.
Stages broadcast(const Group& group, const std::vector<double>& shares) {
  const std::vector<std::size_t> holders = with_share(shares);
  std::vector<std::size_t> served(holders.size());
  Stage stage = flowing_stage(without_share(shares));
  for (const std::size_t to : stage.teams.front().devices) {
    std::size_t best = holders.size();
    for (std::size_t i = 0; i < holders.size(); ++i)
      if (group.has_way(holders[i], to) && (best == holders.size() || served[i] < served[best])) best = i;
    if (best == holders.size()) return {};
    ++served[best];
    stage.teams.front().sends.push_back({holders[best], to, 1});
  }
  return {stage};
}

/// By way of the host where some cannot; not where nobody can do otherwise.
Stages gather(const Group& group, const std::vector<double>& shares) {
  const std::size_t root = group.root();
  bool any_direct = false;
  for (std::size_t i = 0; i < group.size(); ++i) any_direct = any_direct || (i != root && group.has_way(i, root));
  if (!any_direct) return {};
  return to_root(group, shares, [&](std::size_t i) { return !group.has_way(i, root); });
}

Stages reduce(const Group& group, const std::vector<double>& shares) {
  const std::vector<std::size_t> holders = with_share(shares);
  Stage stage = flowing_stage({group.root()});
  for (const std::size_t i : holders) {
    if (i == group.root()) continue;
    if (!group.has_way(i, group.root())) return {};
    stage.teams.front().sends.push_back({i, group.root(), 1});
  }
  stage.sum = {static_cast<double>(holders.size()), 1};
  return {stage};
}

}  // namespace

Stages Direct::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (collective == Collective::Broadcast) return broadcast(group, shares);
  if (collective == Collective::Gather) return gather(group, shares);
  if (collective == Collective::Reduce) return reduce(group, shares);
  if (group.size() > most_devices) return {};
  const auto n = static_cast<double>(group.size());
  const auto own = [&](std::size_t from, std::size_t /*to*/) { return shares[from]; };
  if (collective == Collective::AllGather) return send_all(group, own);
  if (collective == Collective::AllToAll)
    return send_all(group, [&](std::size_t from, std::size_t /*to*/) { return shares[from] / n; });
  Stages scattered = send_all(group, [&](std::size_t /*from*/, std::size_t to) { return shares[to]; });
  if (scattered.empty()) return {};
  scattered.back().sum = {n, 1 / n};
  scattered.back().teams.front().sum_shares = shares;
  return collective == Collective::ReduceScatter ? scattered : in_turn(scattered, send_all(group, own));
}

}  // namespace upmem_des
