#include "plan/collectives/rooted_choice.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "plan/collectives/collective_algorithms.hpp"

namespace upmem_des {

std::vector<DeviceIndex> inner_devices(const std::vector<DeviceIndex>& devices, const Stage::Inner& inner) {
  std::vector<DeviceIndex> some;
  for (const std::size_t i : inner.devices) some.push_back(devices[i]);
  return some;
}

RootedCollective rooted(const RootedCollective& outer, const Stage::Inner& inner) {
  const auto root = std::find(inner.devices.begin(), inner.devices.end(), outer.root);
  return {inner.collective, inner_devices(outer.devices, inner), static_cast<std::size_t>(root - inner.devices.begin()),
          inner.shares};
}

/// None where the table does not know the group.
std::optional<double> RootedChoice::inner_s(const RootedCollective& what, const Stage::Inner& inner,
                                            double bytes) const {
  if (has_root(inner.collective)) return choose(rooted(what, inner), bytes).time_s;
  const std::vector<DeviceIndex> devices = inner_devices(what.devices, inner);
  if (!table_.knows(devices)) return std::nullopt;
  return table_.choose(devices, inner.collective, bytes).time_s(bytes);
}

RootedPlan RootedChoice::cheapest(const RootedCollective& what, double bytes, const std::string& only) const {
  const Group group(platform_, routes_, what.devices, what.root);
  RootedPlan best;
  std::size_t fewest_sends = 0;
  for (const auto& algorithm : collective_algorithms()) {
    if (!only.empty() && algorithm->name() != only) continue;
    Stages stages = algorithm->stages(what.collective, group, what.shares);
    if (stages.empty()) continue;
    StagesCost cost = cost_of(group, stages, table_.bytes_per_element());
    double time_s = cost.time_s(bytes);
    bool is_known = true;
    for (const Stage& stage : stages) {
      if (!stage.inner) continue;
      const std::optional<double> more_s = inner_s(what, *stage.inner, bytes);
      is_known = is_known && more_s;
      time_s += more_s.value_or(0);
      cost.sends = std::numeric_limits<std::size_t>::max();
    }
    if (!is_known) continue;
    if (best.algorithm != nullptr && std::make_pair(best.time_s, fewest_sends) < std::make_pair(time_s, cost.sends))
      continue;
    best = {algorithm.get(), std::move(stages), time_s};
    fewest_sends = cost.sends;
  }
  return best;
}

RootedPlan RootedChoice::choose(const RootedCollective& what, double bytes) const {
  const std::string& fixed = table_.fixed(what.collective);
  const bool is_send = what.collective == Collective::Broadcast && without_share(what.shares).size() < 2;
  RootedPlan plan;
  if (!fixed.empty() && !is_send) plan = cheapest(what, bytes, fixed);
  if (plan.algorithm == nullptr) plan = cheapest(what, bytes, {});
  if (bytes <= 0) plan.time_s = 0;
  return plan;
}

}  // namespace upmem_des
