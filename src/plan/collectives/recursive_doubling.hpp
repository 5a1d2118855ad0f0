/// With partners ever farther away.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Of 2^k devices; in step s a device exchanges all that it has with the one 2^s away: k steps, few and large.
class RecursiveDoubling : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "recursive_doubling"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
