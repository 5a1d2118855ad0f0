/// Everybody to everybody.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Every device sends to each other one what that needs, all at once.
class Direct : public CollectiveAlgorithm {
 public:
  /// Of more devices it would be a million sends and more.
  static constexpr std::size_t most_devices = 512;

  std::string name() const override { return "direct"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
