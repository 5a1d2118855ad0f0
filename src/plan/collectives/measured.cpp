#include "plan/collectives/measured.hpp"

#include <cmath>

namespace upmem_des {

Stages Measured::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (has_root(collective) || !group.measured()) return {};
  const auto n = static_cast<double>(group.size());
  Stage stage = stage_of(group.size());
  stage.passes = 0;
  stage.fixed_s = group.measured()->base_s + group.measured()->per_log2_s * std::log2(n);
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::size_t next = (i + 1) % group.size();
    double share = 1 - 1 / n;
    if (collective == Collective::AllReduce) share *= 2;
    if (collective == Collective::AllGather) share = 1 - shares[next];
    if (collective == Collective::ReduceScatter) share = 1 - shares[i];
    if (collective == Collective::AllToAll) share *= shares[i];
    stage.teams.front().sends.push_back({i, next, share});
  }
  return {stage};
}

}  // namespace upmem_des
