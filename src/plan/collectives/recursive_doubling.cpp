#include "plan/collectives/recursive_doubling.hpp"

namespace upmem_des {

namespace {

Stages all_gather(const Group& group, std::vector<double> held) {
  const std::size_t n = group.size();
  Stages stages;
  for (std::size_t distance = 1; distance < n; distance *= 2) {
    Stage stage = stage_of(n);
    std::vector<double> then = held;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t partner = i ^ distance;
      if (!group.reaches(i, partner)) return {};
      stage.teams.front().sends.push_back({i, partner, held[i]});
      then[partner] += held[i];
    }
    held = then;
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace

Stages RecursiveDoubling::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  const std::size_t n = group.size();
  if ((n & (n - 1)) != 0) return {};
  if (collective == Collective::AllGather) return all_gather(group, shares);
  if (collective != Collective::AllReduce) return {};
  Stages stages;
  for (std::size_t distance = 1; distance < n; distance *= 2) {
    Stage stage = stage_of(n);
    for (std::size_t i = 0; i < n; ++i) {
      if (!group.reaches(i, i ^ distance)) return {};
      stage.teams.front().sends.push_back({i, i ^ distance, 1});
    }
    stage.sum = {2, 1};
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace upmem_des
