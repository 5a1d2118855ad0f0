/// Through the host.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// As Relay, but the host passes on what comes as it comes, over the ways up and down at once, at the rate of its
/// memory at most; so not where devices share a medium for both. Like that not for devices of a network that states
/// measured times.
class ThroughHost : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "through_host"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
