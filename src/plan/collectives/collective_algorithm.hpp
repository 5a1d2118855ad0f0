/// One way to carry out collectives.
#pragma once

#include <string>
#include <vector>

#include "plan/collectives/collective.hpp"
#include "plan/collectives/group.hpp"
#include "plan/collectives/stage.hpp"

namespace upmem_des {

/// One class a file, one line each in collective_algorithms.cpp. docs/machines.md has a table of their formulas.
class CollectiveAlgorithm {
 public:
  CollectiveAlgorithm() = default;
  CollectiveAlgorithm(const CollectiveAlgorithm&) = delete;
  CollectiveAlgorithm& operator=(const CollectiveAlgorithm&) = delete;
  virtual ~CollectiveAlgorithm() = default;

  /// "ring"; what `collectives:` says.
  virtual std::string name() const = 0;
  /// For people, where a name stands for several: "hierarchical (ring, then direct)".
  virtual std::string title() const { return name(); }
  /// Empty where the algorithm does not know the collective, or the group has not the ways that it needs. `shares`, of
  /// the tensor, by device: of an all-gather, an all-to-all and a gather what it has at first, of a reduce-scatter what
  /// it gets; they sum to 1. Of a broadcast and a reduce: 1 for each that has the tensor at first, 0 for others.
  virtual Stages stages(Collective collective, const Group& group, const std::vector<double>& shares) const = 0;
};

}  // namespace upmem_des
