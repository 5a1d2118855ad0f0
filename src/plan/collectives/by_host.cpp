#include "plan/collectives/by_host.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "plan/collectives/direct.hpp"
#include "plan/collectives/to_root.hpp"

namespace upmem_des {

namespace {

using ShareOf = std::function<double(std::size_t)>;

/// What the host has is there, where it is one of the group.
Stage up(const Group& group, const ShareOf& share_of) {
  Stage stage = stage_of(group.size(), Stage::How::Apart);
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group.devices()[i] != host_device) stage.teams.front().sends.push_back({i, Send::host, share_of(i)});
  return stage;
}

Stage down(const Group& group, const ShareOf& share_of) {
  Stage stage = stage_of(group.size(), Stage::How::Apart);
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group.devices()[i] != host_device) stage.teams.front().sends.push_back({Send::host, i, share_of(i)});
  return stage;
}

Stage to_all(std::size_t n) {
  Stage stage = stage_of(n, Stage::How::ToAll);
  stage.teams.front().sends.push_back({Send::host, 0, 1});
  return stage;
}

/// A broadcast sends everybody all of it; else each is sent what it lacks.
Stages all_gather(const Group& group, const std::vector<double>& shares) {
  const std::size_t n = group.size();
  const auto share = [&](std::size_t i) { return shares[i]; };
  const auto lacks = [&](std::size_t i) { return 1 - shares[i]; };
  return {up(group, share), group.routes().find_broadcast(group.devices()) ? to_all(n) : down(group, lacks)};
}

Stages all_to_all(const Group& group, const std::vector<double>& shares) {
  const auto devices = static_cast<double>(group.size());
  return {up(group, [&](std::size_t i) { return shares[i] * (devices - 1) / devices; }),
          down(group, [&](std::size_t i) { return (1 - shares[i]) / devices; })};
}

Stages broadcast(const Group& group, const std::vector<double>& shares) {
  Stages stages;
  const std::vector<std::size_t> holders = with_share(shares);
  const auto is_host = [&](std::size_t i) { return group.is_host(i); };
  if (std::none_of(holders.begin(), holders.end(), is_host)) {
    stages.push_back(flowing_stage({}));
    stages.back().teams.front().sends.push_back({holders.front(), Send::host, 1});
  }
  std::vector<std::size_t> others = without_share(shares);
  others.erase(std::remove_if(others.begin(), others.end(), is_host), others.end());
  if (others.empty()) return stages;
  stages.push_back(flowing_stage(std::move(others), Stage::How::ToAll));
  stages.back().teams.front().sends.push_back({Send::host, 0, 1});
  return stages;
}

Stages reduce(const Group& group, const std::vector<double>& shares) {
  Stage added = flowing_stage({});
  const std::vector<std::size_t> holders = with_share(shares);
  for (const std::size_t i : holders)
    if (!group.is_host(i)) added.teams.front().sends.push_back({i, Send::host, 1});
  added.sum = {static_cast<double>(holders.size()), 1};
  added.sum_on_host = true;
  Stage sent = flowing_stage({group.root()});
  sent.teams.front().sends.push_back({Send::host, group.root(), 1});
  return {added, sent};
}

Stages to_root_by_host(Collective collective, const Group& group, const std::vector<double>& shares) {
  if (group.is_host(group.root())) return Direct().stages(collective, group, shares);
  if (collective == Collective::Reduce) return reduce(group, shares);
  return to_root(group, shares, [&](std::size_t i) { return !group.is_host(i); });
}

}  // namespace

Stages ByHost::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (collective == Collective::Broadcast) return broadcast(group, shares);
  if (has_root(collective)) return to_root_by_host(collective, group, shares);
  if (group.measured()) return {};
  const std::size_t n = group.size();
  if (collective == Collective::AllGather) return all_gather(group, shares);
  if (collective == Collective::AllToAll) return all_to_all(group, shares);
  Stage added = up(group, [](std::size_t) { return 1.0; });
  added.sum = {static_cast<double>(n), 1};
  added.sum_on_host = true;
  added.teams.front().sum_shares = {1};
  if (collective == Collective::AllReduce) return {added, to_all(n)};
  return {added, down(group, [&](std::size_t i) { return shares[i]; })};
}

Stages Relay::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if ((collective != Collective::AllReduce && collective != Collective::ReduceScatter) || group.measured()) return {};
  const std::size_t n = group.size();
  const auto devices = static_cast<double>(n);
  Stage added = down(group, [&](std::size_t i) { return shares[i] * (devices - 1); });
  added.sum = {devices, 1 / devices};
  added.teams.front().sum_shares = shares;
  const Stages scattered{up(group, [&](std::size_t i) { return 1 - shares[i]; }), added};
  return collective == Collective::ReduceScatter ? scattered : in_turn(scattered, all_gather(group, even_shares(n)));
}

}  // namespace upmem_des
