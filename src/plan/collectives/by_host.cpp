#include "plan/collectives/by_host.hpp"

#include <functional>

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

}  // namespace

Stages ByHost::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (group.measured()) return {};
  const std::size_t n = group.size();
  if (collective == Collective::AllGather) return all_gather(group, shares);
  if (collective == Collective::AllToAll) return all_to_all(group, shares);
  Stage added = up(group, [](std::size_t) { return 1.0; });
  added.sum = {static_cast<double>(n), 1};
  added.sum_on_host = true;
  if (collective == Collective::AllReduce) return {added, to_all(n)};
  return {added, down(group, [&](std::size_t) { return 1 / static_cast<double>(n); })};
}

Stages Relay::stages(Collective collective, const Group& group, const std::vector<double>& /*shares*/) const {
  if (group.measured() || (collective != Collective::AllReduce && collective != Collective::ReduceScatter)) return {};
  const std::size_t n = group.size();
  const double part = 1 / static_cast<double>(n);
  const auto others = [&](std::size_t) { return 1 - part; };
  Stage added = down(group, others);
  added.sum = {static_cast<double>(n), part};
  const Stages scattered{up(group, others), added};
  return collective == Collective::ReduceScatter ? scattered : in_turn(scattered, all_gather(group, even_shares(n)));
}

}  // namespace upmem_des
