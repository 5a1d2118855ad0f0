/// What experts have computed, for the event that reads it. Internal to the room.
#pragma once

#include <vector>

#include "plan/tasks/data_mover.hpp"

namespace upmem_des {

/// The output of a mixture is the sum of its experts' outputs, each of which has some of the rows.
class ExpertOutputs {
 public:
  /// References outlive this.
  ExpertOutputs(Transfers& transfers, Collectives& collectives, DataMover& mover)
      : transfers_(transfers), collectives_(collectives), mover_(mover) {}

  /// Are these outputs of several experts?
  static bool are(const std::vector<Value*>& values);

  /// One value that lies where the outputs are, or nearer to where they are wanted. Partial sums of the same devices
  /// are added where they are, and moved once. Where those that read them have experts themselves, whoever has none
  /// counts as zero rows, and all add up together, or send each row to its reader. Otherwise the rows meet on one
  /// device: the reader or the host.
  Value together(const std::vector<Value*>& values, const Wanted& wanted);

 private:
  static bool are_partial(const std::vector<Value*>& values);
  Value partial(const std::vector<Value*>& values, const Wanted& wanted);
  bool lie_among(const std::vector<Value*>& values, const std::vector<DeviceIndex>& devices) const;
  bool is_for_group(const std::vector<Value*>& values, const Wanted& wanted) const;
  Value on_group(const std::vector<Value*>& values, const Wanted& wanted);
  double on_root_s(const std::vector<Value*>& values, const Wanted& wanted) const;
  Value on_root(const std::vector<Value*>& values, const Wanted& wanted);
  DeviceIndex root_for(const std::vector<Value*>& values, const Wanted& wanted) const;

  Transfers& transfers_;
  Collectives& collectives_;
  DataMover& mover_;
};

}  // namespace upmem_des
