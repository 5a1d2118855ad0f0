/// What experts have computed, for the event that reads it. Internal to the room.
#pragma once

#include <optional>
#include <vector>

#include "plan/tasks/data_mover.hpp"
#include "plan/tasks/expert_combine.hpp"
#include "plan/tasks/expert_sums.hpp"

namespace upmem_des {

/// The output of a mixture is the sum of its experts' outputs, each of which has some of the rows.
class ExpertOutputs {
 public:
  /// References outlive this.
  ExpertOutputs(Transfers& transfers, Collectives& collectives, DataMover& mover)
      : transfers_(transfers),
        collectives_(collectives),
        mover_(mover),
        sums_(transfers, collectives),
        combine_(transfers, collectives, sums_) {}

  /// Are these outputs of several experts, whose sum is wanted? Groups of a grid see to their rows one by one.
  static bool are(const std::vector<Value*>& values, const Wanted& wanted);

  /// May the rest of the sum, which is no expert's, be added up with the experts' outputs?
  bool adds_up(const std::vector<Value*>& values, const Value& rest, const Wanted& wanted) const;

  /// The tasks after which each of wanted.devices has the sum, or its rows of it. All readers take part where they have
  /// the experts themselves: whoever has none counts as zero rows. Otherwise each group of readers gets its rows:
  /// partial sums of the same devices are added where they are, and moved once; else the rows meet on one device: the
  /// reader or the host.
  std::vector<Pieces> bring(const std::vector<Value*>& values, const Wanted& wanted);

 private:
  std::vector<Pieces> bring_to_group(const std::vector<Value*>& values, Wanted wanted);
  std::optional<Value> together(const std::vector<Value*>& values, const Wanted& wanted);
  bool is_for_group(const std::vector<Value*>& values, const Wanted& wanted) const;
  double on_root_s(const std::vector<Value*>& values, const Wanted& wanted, DeviceIndex root) const;
  Value on_root(const std::vector<Value*>& values, const Wanted& wanted);
  DeviceIndex root_for(const std::vector<Value*>& values, const Wanted& wanted) const;

  Transfers& transfers_;
  Collectives& collectives_;
  DataMover& mover_;
  ExpertSums sums_;
  ExpertCombine combine_;
};

}  // namespace upmem_des
