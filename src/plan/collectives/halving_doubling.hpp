/// Sums by halves.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Of 2^k devices: each step halves what a device adds up, and then doubles what it has of the sum (Thakur,
/// Rabenseifner and Gropp, 2005): 2 k steps, which move as little as a ring.
class HalvingDoubling : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "halving_doubling"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
