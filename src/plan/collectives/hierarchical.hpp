/// Level by level.
#pragma once

#include <memory>
#include <utility>

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// First inside the nearest networks, each for itself, then between devices of the same place in these, each place for
/// itself with its part of the tensor, and where all shall have all, inside again. Of more than two levels, what is
/// between is done in the same way.
class Hierarchical : public CollectiveAlgorithm {
 public:
  /// What is used on the levels below, and on the last one.
  Hierarchical(std::shared_ptr<const CollectiveAlgorithm> inside, std::shared_ptr<const CollectiveAlgorithm> across)
      : inside_(std::move(inside)), across_(std::move(across)) {}

  std::string name() const override { return "hierarchical"; }
  std::string title() const override;
  Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const override;

 private:
  std::shared_ptr<const CollectiveAlgorithm> inside_;
  std::shared_ptr<const CollectiveAlgorithm> across_;
};

}  // namespace upmem_des
