#include "plan/collectives/collective_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "plan/collectives/collective_algorithms.hpp"
#include "platform/device_names.hpp"

namespace upmem_des {

namespace {

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
      const double fixed_s = plans[j].cost.fixed_s - plans[i].cost.fixed_s;  // above 0: i is better for few bytes
      const double per_byte_s = plans[j].cost.per_byte_s - plans[i].cost.per_byte_s;
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
    if (has_root(collective)) continue;
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
    CollectivePlan& plan = all.emplace_back();
    plan.algorithm = algorithm.get();
    plan.stages = std::move(stages);
    plan.cost = cost_of(group, plan.stages, bytes_per_element_);
    if (algorithm->name() == fixed) as_fixed.push_back(all.back());
  }
  return as_fixed.empty() ? all : as_fixed;
}

void CollectiveTable::add_routes(const Group& group, CollectivePlan& plan) {
  const RouteIndex first = platform_.routes.size();
  for (const Stage& stage : plan.stages) {
    std::vector<CollectivePlan::TeamTransfers>& of_stage = plan.transfers.emplace_back();
    if (stage.how != Stage::How::Together) continue;
    for (const Stage::Team& team : stage.teams) {
      CollectivePlan::TeamTransfers& made = of_stage.emplace_back();
      Stage alone;
      alone.teams.push_back(team);
      made.latency_s = stage.fixed_s + stage.passes * latency_s(group, alone);
      RouteSpec route;
      route.collective = plan.algorithm->name() + " over " + device_set_name(platform_, devices_of(group, team));
      const Directions directions = by_direction(team.sends);
      for (const std::vector<Send>* sends : {&directions.direct, &directions.to_host, &directions.from_host})
        for (const EqualLoad& load : equal_loads(group, *sends)) {
          route.links = load.links;
          route.arrives = load.arrives;
          route.ends.clear();
          for (const std::size_t i : team.devices) route.ends.push_back({group.devices()[i], load.ends[i]});
          route.from = sends == &directions.from_host ? host_device : route.ends.front().device;
          route.to.clear();
          if (sends == &directions.to_host)
            route.to = {host_device};
          else
            for (const RouteSpec::End& end : route.ends)
              if (end.device != route.from) route.to.push_back(end.device);
          made.transfers.push_back({add_once(route, first), load.share});
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

}  // namespace upmem_des
