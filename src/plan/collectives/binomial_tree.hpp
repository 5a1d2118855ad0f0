/// Along a tree.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Of collectives with a root. In every round of a broadcast whoever has the tensor sends it to one that lacks it, so
/// that twice as many have it: ⌈log2 n⌉ rounds of n devices. A reduce to one of them and a gather are the same rounds
/// backwards: whoever has sent what it has takes part no more.
class BinomialTree : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "binomial_tree"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
