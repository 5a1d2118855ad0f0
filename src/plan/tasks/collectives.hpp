/// What devices that share a tensor do together. Internal to the room.
#pragma once

#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// n devices, a tensor of S bytes; the table says how. All results are by device, in the order of the value's. A
/// collective begins when all have what they give. It is cut into as many chunks as transfers are; the additions of all
/// its stages are one kernel on a device, with one launch.
class Collectives {
 public:
  /// References outlive this.
  Collectives(Transfers& transfers, const CollectiveTable& table) : transfers_(transfers), table_(table) {}

  /// All-gather and all-to-all of a Sharded or Rows value, all-reduce and reduce-scatter of a Partial one.
  std::vector<Pieces> run(Collective collective, const Value& value);

  /// Of a Sharded or Rows value: all of it on one device.
  Pieces gather(const Value& value, DeviceIndex root);
  /// Of a Partial value: the sum on one device.
  Pieces reduce(const Value& value, DeviceIndex root);

 private:
  Transfers& transfers_;
  const CollectiveTable& table_;
};

}  // namespace upmem_des
