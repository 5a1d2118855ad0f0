/// As measured.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// On a network that states what was measured, whatever algorithms it uses: base + per_log2 · log2(n) + w · S/B, where
/// w is what a device sends: (n − 1)/n, of an all-reduce twice that, of an all-to-all 1/n of it. Additions are in the
/// base.
class Measured : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "measured"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
