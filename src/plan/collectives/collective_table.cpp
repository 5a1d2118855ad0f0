#include "plan/collectives/collective_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "cost/sum_demand.hpp"
#include "plan/collectives/collective_algorithms.hpp"
#include "platform/device_names.hpp"

namespace upmem_des {

namespace {

/// Of a tensor of one byte: by the slowest device that adds. The launch is paid once a collective.
struct SumCost {
  double launch_s = 0;
  double per_byte_s = 0;
};

SumCost cost_of(const Group& group, const Stage& stage, double bytes_per_element) {
  SumCost cost;
  const auto take = [&](DeviceIndex device, double times) {
    const Architecture& architecture = group.platform().devices[device].architecture;
    const double elements = stage.sum.share / bytes_per_element;
    const double all_s = sum_demand(architecture, stage.sum.tensors, elements, bytes_per_element).time_s();
    if (all_s <= 0) return;
    cost.launch_s = std::max(cost.launch_s, architecture.launch_overhead_s);
    cost.per_byte_s = std::max(cost.per_byte_s, (all_s - architecture.launch_overhead_s) * times);
  };
  if (stage.sum_on_host) {
    take(host_device, static_cast<double>(stage.teams.size()));
  } else {
    for (const DeviceIndex device : group.devices()) take(device, 1);
  }
  return cost;
}

std::vector<DeviceIndex> devices_of(const Group& group, const Stage::Team& team) {
  std::vector<DeviceIndex> devices;
  for (const std::size_t i : team.devices) devices.push_back(group.devices()[i]);
  return devices;
}

/// What a team sends; from the host to each of it where no broadcast reaches them all.
std::vector<RouteBytes> transfers_of(const Group& group, Stage::How how, const Stage::Team& team) {
  if (how != Stage::How::ToAll) return transfers_of(group, team.sends, 1);
  const double share = team.sends.front().share;
  if (const auto broadcast = group.routes().find_broadcast(devices_of(group, team))) return {{*broadcast, share}};
  std::vector<Send> sends;
  for (const std::size_t i : team.devices)
    if (group.devices()[i] != host_device) sends.push_back({Send::host, i, share});
  return transfers_of(group, sends, 1);
}

/// Those that are the best at some size, in the order of the list.
std::vector<CollectivePlan> best_somewhere(std::vector<CollectivePlan> plans) {
  std::vector<CollectivePlan> best;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    // Plan j is better from or up to some size; where all sizes are covered, plan i is never taken.
    double from_B = 0;
    double to_B = std::numeric_limits<double>::infinity();
    bool is_beaten = false;
    for (std::size_t j = 0; j < plans.size() && !is_beaten; ++j) {
      if (i == j) continue;
      const double fixed_s = plans[j].fixed_s - plans[i].fixed_s;  // above 0: i is better for few bytes
      const double per_byte_s = plans[j].per_byte_s - plans[i].per_byte_s;
      const bool is_later = j > i;
      if (fixed_s > 0 && per_byte_s >= 0) continue;
      if (fixed_s >= 0 && per_byte_s > 0) continue;
      if (fixed_s == 0 && per_byte_s == 0)
        is_beaten = !is_later;
      else if (fixed_s <= 0 && per_byte_s <= 0)
        is_beaten = true;
      else if (fixed_s > 0)
        to_B = std::min(to_B, fixed_s / -per_byte_s);
      else
        from_B = std::max(from_B, -fixed_s / per_byte_s);
    }
    if (!is_beaten && from_B <= to_B) best.push_back(std::move(plans[i]));
  }
  return best;
}

}  // namespace

CollectiveTable::CollectiveTable(PlatformSpec& platform, const std::vector<std::vector<DeviceIndex>>& groups,
                                 double bytes_per_element, FixedAlgorithms fixed)
    : platform_(platform), routes_(platform), bytes_per_element_(bytes_per_element), fixed_(std::move(fixed)) {
  for (const std::vector<DeviceIndex>& group : groups)
    if (group.size() > 1 && groups_.find(group) == groups_.end()) add_group(group);
}

void CollectiveTable::add_group(const std::vector<DeviceIndex>& devices) {
  const Group group(platform_, routes_, devices);
  GroupPlans& made = groups_[devices];
  for (const Collective collective : all_collectives) {
    std::vector<CollectivePlan>& plans = made.plans[static_cast<std::size_t>(collective)];
    plans = best_somewhere(candidates(group, collective));
    for (CollectivePlan& plan : plans) add_routes(group, plan);
  }
}

std::vector<CollectivePlan> CollectiveTable::candidates(const Group& group, Collective collective) const {
  const std::string& fixed = fixed_[static_cast<std::size_t>(collective)];
  std::vector<CollectivePlan> all;
  std::vector<CollectivePlan> as_fixed;
  for (const auto& algorithm : collective_algorithms()) {
    Stages stages = algorithm->stages(collective, group, even_shares(group.size()));
    if (stages.empty()) continue;
    all.push_back(costed(group, *algorithm, std::move(stages)));
    if (algorithm->name() == fixed) as_fixed.push_back(all.back());
  }
  return as_fixed.empty() ? all : as_fixed;
}

CollectivePlan CollectiveTable::costed(const Group& group, const CollectiveAlgorithm& algorithm, Stages stages) const {
  CollectivePlan plan;
  plan.algorithm = &algorithm;
  plan.stages = std::move(stages);
  double launch_s = 0;
  double host_launch_s = 0;
  for (const Stage& stage : plan.stages) {
    std::vector<RouteBytes> all;
    for (const Stage::Team& team : stage.teams)
      for (const RouteBytes& transfer : transfers_of(group, stage.how, team)) all.push_back(transfer);
    plan.fixed_s += stage.fixed_s + stage.passes * longest_latency_s(group.routes(), all);
    plan.per_byte_s += busiest_s(platform_, all);
    const SumCost sum = cost_of(group, stage, bytes_per_element_);
    plan.per_byte_s += sum.per_byte_s;
    double& launch = stage.sum_on_host ? host_launch_s : launch_s;
    launch = std::max(launch, sum.launch_s);
  }
  plan.fixed_s += launch_s + host_launch_s;
  return plan;
}

void CollectiveTable::add_routes(const Group& group, CollectivePlan& plan) {
  const RouteIndex first = platform_.routes.size();
  for (const Stage& stage : plan.stages) {
    std::vector<CollectivePlan::TeamTransfers>& of_stage = plan.transfers.emplace_back();
    if (stage.how != Stage::How::Together) continue;
    for (const Stage::Team& team : stage.teams) {
      CollectivePlan::TeamTransfers& made = of_stage.emplace_back();
      made.latency_s = stage.fixed_s + stage.passes * longest_latency_s(routes_, transfers_of(group, team.sends, 1));
      for (const EqualLoad& load : equal_loads(group, team.sends)) {
        RouteSpec route;
        route.collective = plan.algorithm->name() + " over " + device_set_name(platform_, devices_of(group, team));
        route.links = load.links;
        route.arrives = load.arrives;
        for (const std::size_t i : team.devices) route.ends.push_back({group.devices()[i], load.ends[i]});
        route.from = route.ends.front().device;
        for (std::size_t i = 1; i < route.ends.size(); ++i) route.to.push_back(route.ends[i].device);
        made.transfers.push_back({add_once(std::move(route), first), load.share});
      }
    }
  }
}

/// Stages of a plan, whose routes begin at `first`, may go the same ways.
RouteIndex CollectiveTable::add_once(RouteSpec route, RouteIndex first) {
  for (RouteIndex i = first; i < platform_.routes.size(); ++i) {
    const RouteSpec& known = platform_.routes[i];
    if (known.links == route.links && known.ends == route.ends && known.arrives == route.arrives) return i;
  }
  platform_.routes.push_back(std::move(route));
  return platform_.routes.size() - 1;
}

const std::vector<CollectivePlan>& CollectiveTable::plans(const std::vector<DeviceIndex>& group,
                                                          Collective collective) const {
  return groups_.at(group).plans[static_cast<std::size_t>(collective)];
}

const CollectivePlan& CollectiveTable::choose(const std::vector<DeviceIndex>& group, Collective collective,
                                              double bytes) const {
  const std::vector<CollectivePlan>& all = plans(group, collective);
  return *std::min_element(all.begin(), all.end(), [&](const CollectivePlan& a, const CollectivePlan& b) {
    return a.time_s(bytes) < b.time_s(bytes);
  });
}

Stages CollectiveTable::with_shares(const std::vector<DeviceIndex>& group, const CollectivePlan& plan,
                                    Collective collective, const std::vector<double>& shares) const {
  Stages stages = plan.algorithm->stages(collective, Group(platform_, routes_, group), shares);
  for (Stage& stage : stages)
    if (stage.how == Stage::How::Together) stage.how = Stage::How::Apart;
  return stages;
}

}  // namespace upmem_des
