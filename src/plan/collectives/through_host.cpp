#include "plan/collectives/through_host.hpp"

#include <algorithm>
#include <functional>

namespace upmem_des {

namespace {

using ShareOf = std::function<double(std::size_t)>;

/// Has each device a way up and a way down that do not slow each other down?
bool passes_host(const Group& group) {
  const auto has_medium = [&](LinkIndex link) { return group.platform().links[link].medium.has_value(); };
  return std::none_of(group.devices().begin(), group.devices().end(), [&](DeviceIndex device) {
    if (device == host_device) return true;
    const std::vector<LinkIndex>& links = group.platform().routes[*group.routes().find(device, host_device)].links;
    return std::any_of(links.begin(), links.end(), has_medium);
  });
}

Stage through(const Group& group, const ShareOf& up, const ShareOf& down) {
  Stage stage = stage_of(group.size());
  Stage::Team& team = stage.teams.front();
  double up_share = 0;
  double down_share = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    team.sends.push_back({i, Send::host, up(i)});
    team.sends.push_back({Send::host, i, down(i)});
    up_share += up(i);
    down_share += down(i);
  }
  team.host_share = std::max(up_share, down_share);
  return stage;
}

}  // namespace

Stages ThroughHost::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (has_root(collective) || group.measured() || !passes_host(group)) return {};
  const auto n = static_cast<double>(group.size());
  const auto share = [&](std::size_t i) { return shares[i]; };
  const auto others = [&](std::size_t i) { return 1 - shares[i]; };
  if (collective == Collective::AllGather) return {through(group, share, others)};
  if (collective == Collective::AllToAll)
    return {through(
        group, [&](std::size_t i) { return shares[i] * (n - 1) / n; },
        [&](std::size_t i) { return (1 - shares[i]) / n; })};
  Stage added = through(group, others, [&](std::size_t i) { return shares[i] * (n - 1); });
  added.sum = {n, 1 / n};
  added.teams.front().sum_shares = shares;
  if (collective == Collective::ReduceScatter) return {added};
  return {added, through(group, share, others)};
}

}  // namespace upmem_des
