/// By shares.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// A broadcast: a share for each directly, then an all-gather of those that lacked it (van de Geijn). A reduce: a
/// reduce-scatter of those that have a tensor, then a gather. What these use is chosen, too.
class ScatterGather : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "scatter_gather"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
