#include "plan/collectives/direct.hpp"

namespace upmem_des {

namespace {

/// Device i sends `shares[i]` to every other one.
Stages send_all(const Group& group, const std::vector<double>& shares) {
  const std::size_t n = group.size();
  Stage stage = stage_of(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      if (!group.reaches(i, j)) return {};
      stage.teams.front().sends.push_back({i, j, shares[i]});
    }
  return {stage};
}

}  // namespace

Stages Direct::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (group.size() > most_devices) return {};
  const auto n = static_cast<double>(group.size());
  const std::vector<double> even = even_shares(group.size());
  if (collective == Collective::AllGather) return send_all(group, shares);
  if (collective == Collective::AllToAll) {
    std::vector<double> parts = shares;
    for (double& part : parts) part /= n;
    return send_all(group, parts);
  }
  Stages scattered = send_all(group, even);
  if (scattered.empty()) return {};
  scattered.back().sum = {n, 1 / n};
  return collective == Collective::ReduceScatter ? scattered : in_turn(scattered, send_all(group, even));
}

}  // namespace upmem_des
