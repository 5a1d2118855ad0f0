#include "plan/collectives/collective_log.hpp"

#include <algorithm>

namespace upmem_des {

void CollectiveLog::note(Collective collective, const std::vector<DeviceIndex>& devices,
                         const CollectiveAlgorithm& algorithm, const Stages& stages, double bytes) {
  const auto [found, is_new] = places_.emplace(std::make_tuple(collective, &algorithm, devices), entries_.size());
  if (is_new) {
    entries_.push_back({collective, devices, &algorithm, {}, 0, bytes, bytes});
    for (const Stage& stage : stages)
      if (stage.sum_on_host && entries_.back().host_teams == 0) {
        entries_.back().on_host = stage.sum;
        entries_.back().host_teams = stage.teams.size();
      }
  }
  Entry& entry = entries_[found->second];
  entry.least_B = std::min(entry.least_B, bytes);
  entry.most_B = std::max(entry.most_B, bytes);
}

}  // namespace upmem_des
