#include "plan/collectives/stages_cost.hpp"

#include <algorithm>

#include "cost/sum_demand.hpp"

namespace upmem_des {

namespace {

/// Of a tensor of one byte: by the slowest device that adds. The launch is paid once a collective.
struct SumCost {
  double launch_s = 0;
  double per_byte_s = 0;
};

SumCost sum_cost(const Group& group, const Stage& stage, double bytes_per_element) {
  SumCost cost;
  const auto take = [&](DeviceIndex device, double share, double times) {
    const Architecture& architecture = group.platform().devices[device].architecture;
    const double elements = share / bytes_per_element;
    const double all_s = sum_demand(architecture, stage.sum.tensors, elements, bytes_per_element).time_s();
    if (all_s <= 0) return;
    cost.launch_s = std::max(cost.launch_s, architecture.launch_overhead_s);
    cost.per_byte_s = std::max(cost.per_byte_s, (all_s - architecture.launch_overhead_s) * times);
  };
  if (stage.sum_on_host) {
    take(host_device, stage.sum.share, static_cast<double>(stage.teams.size()));
  } else {
    for (const Stage::Team& team : stage.teams)
      for (std::size_t place = 0; place < team.devices.size(); ++place)
        take(group.devices()[team.devices[place]], team.sum_shares.empty() ? stage.sum.share : team.sum_shares[place],
             1);
  }
  return cost;
}

/// What a team sends; from the host to each of it where no broadcast reaches them all.
std::vector<RouteBytes> transfers_of(const Group& group, Stage::How how, const Stage::Team& team) {
  if (how != Stage::How::ToAll) return transfers_of(group, team.sends, 1);
  const double share = team.sends.front().share;
  const std::vector<DeviceIndex> devices = devices_of(group, team);
  if (const auto broadcast = devices.size() > 1 ? group.routes().find_broadcast(devices) : std::nullopt)
    return {{*broadcast, share}};
  std::vector<Send> sends;
  for (const std::size_t i : team.devices)
    if (!group.is_host(i)) sends.push_back({Send::host, i, share});
  return transfers_of(group, sends, 1);
}

std::vector<RouteBytes> transfers_of(const Group& group, const Stage& stage) {
  std::vector<RouteBytes> all;
  for (const Stage::Team& team : stage.teams)
    for (const RouteBytes& transfer : transfers_of(group, stage.how, team)) all.push_back(transfer);
  return all;
}

}  // namespace

std::vector<DeviceIndex> devices_of(const Group& group, const Stage::Team& team) {
  std::vector<DeviceIndex> devices;
  for (const std::size_t i : team.devices) devices.push_back(group.devices()[i]);
  return devices;
}

double latency_s(const Group& group, const Stage& stage) {
  if (stage.how != Stage::How::Together) return longest_latency_s(group.routes(), transfers_of(group, stage));
  double up_s = 0;
  double down_s = 0;
  double direct_s = 0;
  for (const Stage::Team& team : stage.teams) {
    const Directions directions = by_direction(team.sends);
    const auto longest_s = [&](const std::vector<Send>& sends) {
      return longest_latency_s(group.routes(), transfers_of(group, sends, 1));
    };
    up_s = std::max(up_s, longest_s(directions.to_host));
    down_s = std::max(down_s, longest_s(directions.from_host));
    direct_s = std::max(direct_s, longest_s(directions.direct));
  }
  return std::max(direct_s, up_s + down_s);
}

StagesCost cost_of(const Group& group, const Stages& stages, double bytes_per_element) {
  StagesCost cost;
  double launch_s = 0;
  double host_launch_s = 0;
  for (const Stage& stage : stages) {
    const std::vector<RouteBytes> all = transfers_of(group, stage);
    cost.sends += all.size();
    cost.fixed_s += stage.fixed_s + stage.passes * latency_s(group, stage);
    double host_share = 0;
    for (const Stage::Team& team : stage.teams) host_share += team.host_share;
    const Architecture& host = group.platform().devices[host_device].architecture;
    cost.per_byte_s += std::max(busiest_s(group.platform(), all), passing_demand(host, host_share).time_s());
    const SumCost sum = sum_cost(group, stage, bytes_per_element);
    cost.per_byte_s += sum.per_byte_s;
    double& launch = stage.sum_on_host ? host_launch_s : launch_s;
    launch = std::max(launch, sum.launch_s);
  }
  cost.fixed_s += launch_s + host_launch_s;
  return cost;
}

}  // namespace upmem_des
