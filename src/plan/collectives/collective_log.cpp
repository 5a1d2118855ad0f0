#include "plan/collectives/collective_log.hpp"

#include <algorithm>

namespace upmem_des {

void CollectiveLog::note(Collective collective, const std::vector<DeviceIndex>& devices, const CollectivePlan& plan,
                         double bytes) {
  const auto [found, is_new] = places_.emplace(std::make_tuple(collective, &plan), entries_.size());
  if (is_new) entries_.push_back({collective, devices, &plan, bytes, bytes});
  Entry& entry = entries_[found->second];
  entry.least_B = std::min(entry.least_B, bytes);
  entry.most_B = std::max(entry.most_B, bytes);
}

}  // namespace upmem_des
