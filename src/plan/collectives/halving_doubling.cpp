#include "plan/collectives/halving_doubling.hpp"

#include "plan/collectives/recursive_doubling.hpp"

namespace upmem_des {

Stages HalvingDoubling::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  const std::size_t n = group.size();
  if ((n & (n - 1)) != 0) return {};
  if (collective == Collective::AllGather) return RecursiveDoubling().stages(collective, group, shares);
  if (collective == Collective::AllToAll) return {};
  Stages stages;
  double share = 1;
  for (std::size_t distance = n / 2; distance > 0; distance /= 2) {
    share /= 2;
    Stage stage = stage_of(n);
    for (std::size_t i = 0; i < n; ++i) {
      if (!group.reaches(i, i ^ distance)) return {};
      stage.teams.front().sends.push_back({i, i ^ distance, share});
    }
    stage.sum = {2, share};
    stages.push_back(stage);
  }
  if (collective == Collective::ReduceScatter) return stages;
  return in_turn(stages, RecursiveDoubling().stages(Collective::AllGather, group, even_shares(n)));
}

}  // namespace upmem_des
