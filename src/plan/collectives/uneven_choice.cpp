#include "plan/collectives/uneven_choice.hpp"

#include <algorithm>
#include <utility>

#include "plan/collectives/collective_algorithms.hpp"

namespace upmem_des {

namespace {

/// Shares of columns are the same in every layer, those of experts' rows never again: so many sends are kept, some
/// 25 MB.
constexpr std::size_t most_known_sends = std::size_t{1} << 20U;

void send_apart(Stages& stages) {
  for (Stage& stage : stages)
    if (stage.how == Stage::How::Together) {
      stage.how = Stage::How::Apart;
      stage.at_once = true;
    }
}

std::size_t sends_of(const std::vector<UnevenPlan>& plans) {
  std::size_t sends = 0;
  for (const UnevenPlan& plan : plans) sends += plan.cost.sends;
  return sends;
}

}  // namespace

bool UnevenChoice::are_uneven(const std::vector<double>& shares) {
  if (shares.empty()) return false;
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
  return *most - *least > 1e-12 * *most;
}

std::vector<UnevenPlan> UnevenChoice::candidates(const Key& key) const {
  const auto& [devices, collective, shares] = key;
  const Group group(platform_, routes_, devices);
  const std::string& fixed = table_.fixed(collective);
  std::vector<UnevenPlan> all;
  std::vector<UnevenPlan> as_fixed;
  for (const auto& algorithm : collective_algorithms()) {
    UnevenPlan plan{algorithm.get(), algorithm->stages(collective, group, shares)};
    if (plan.stages.empty()) continue;
    plan.cost = cost_of(group, plan.stages, table_.bytes_per_element());
    send_apart(plan.stages);
    (algorithm->name() == fixed ? as_fixed : all).push_back(std::move(plan));
  }
  return as_fixed.empty() ? all : as_fixed;
}

const std::vector<UnevenPlan>& UnevenChoice::plans(Key key) {
  const auto found = known_.find(key);
  if (found != known_.end()) return found->second;
  std::vector<UnevenPlan> made = candidates(key);
  if (known_sends_ > most_known_sends) {
    known_.clear();
    known_sends_ = 0;
  }
  known_sends_ += sends_of(made);
  return known_.emplace(std::move(key), std::move(made)).first->second;
}

const UnevenPlan& UnevenChoice::choose(const std::vector<DeviceIndex>& group, Collective collective,
                                       const std::vector<double>& shares, double bytes) {
  const std::vector<UnevenPlan>& all = plans({group, collective, shares});
  return *std::min_element(all.begin(), all.end(), [&](const UnevenPlan& a, const UnevenPlan& b) {
    return a.cost.time_s(bytes) < b.cost.time_s(bytes);
  });
}

}  // namespace upmem_des
