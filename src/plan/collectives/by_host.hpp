/// By way of the host.
#pragma once

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

// Both compare links' peaks, and so are not for devices of a network that states measured times, but with a root, of
// which nothing is measured.

/// Everything goes up to the host, which adds it up, and from there to all: the only way where devices have links to
/// the host alone, and a good one where the host reaches all with one transfer.
class ByHost : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "host"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

/// The host only passes on; the devices add.
class Relay : public CollectiveAlgorithm {
 public:
  std::string name() const override { return "relay"; }
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;
};

}  // namespace upmem_des
