/// Everybody to everybody.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Every device sends to each other one what that needs, all at once. With a root: those that have something to those
/// that need it, over direct ways; of a gather, by way of the host where there is none.
class Direct : public CollectiveAlgorithm {
 public:
  /// Of more devices without a root it would be a million sends and more.
  static constexpr std::size_t most_devices = 512;

  std::string name() const override { return "direct"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
