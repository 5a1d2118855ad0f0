/// Around a ring.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Every device sends to the next one, n − 1 times (Patarasu and Yuan, 2009).
class Ring : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "ring"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

/// Half of everything goes the one way and half the other way around.
class TwoWayRing : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "two_way_ring"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
