#include "plan/collectives/halving_doubling.hpp"

#include <numeric>

#include "plan/collectives/recursive_doubling.hpp"

namespace upmem_des {

Stages HalvingDoubling::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  const std::size_t n = group.size();
  if (has_root(collective) || (n & (n - 1)) != 0) return {};
  if (collective == Collective::AllGather) return RecursiveDoubling().stages(collective, group, shares);
  if (collective == Collective::AllToAll) return {};
  Stages stages;
  // What a device adds up after a step: the parts of all that are as near to it as this.
  const auto kept = [&](std::size_t i, std::size_t distance) {
    const auto first = shares.begin() + static_cast<std::ptrdiff_t>(i / distance * distance);
    return std::accumulate(first, first + static_cast<std::ptrdiff_t>(distance), 0.0);
  };
  for (std::size_t distance = n / 2; distance > 0; distance /= 2) {
    Stage stage = stage_of(n);
    Stage::Team& team = stage.teams.front();
    for (std::size_t i = 0; i < n; ++i) {
      if (!group.reaches(i, i ^ distance)) return {};
      team.sends.push_back({i, i ^ distance, kept(i ^ distance, distance)});
      team.sum_shares.push_back(kept(i, distance));
    }
    stage.sum = {2, static_cast<double>(distance) / static_cast<double>(n)};
    stages.push_back(stage);
  }
  if (collective == Collective::ReduceScatter) return stages;
  return in_turn(stages, RecursiveDoubling().stages(Collective::AllGather, group, even_shares(n)));
}

}  // namespace upmem_des
