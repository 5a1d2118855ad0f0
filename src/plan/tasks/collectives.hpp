/// What devices that share a tensor do together. Internal to the room.
#pragma once

#include <vector>

#include "plan/collectives/collective_log.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// n devices, a tensor of S bytes; the table says how. All results are by device, in the order of the value's. A
/// collective begins when all have what they give. It is cut into as many chunks as transfers are; the additions of all
/// its stages are one kernel on a device, with one launch.
class Collectives {
 public:
  /// References outlive this.
  Collectives(Transfers& transfers, const CollectiveTable& table, CollectiveLog* log)
      : transfers_(transfers), table_(table), log_(log) {}

  /// All-gather and all-to-all of a Sharded or Rows value, all-reduce and reduce-scatter of a Partial one.
  std::vector<Pieces> run(Collective collective, const Value& value);

  /// Is this a group that collectives are known for?
  bool knows(const std::vector<DeviceIndex>& devices) const { return table_.knows(devices); }
  /// How long a collective of such a group takes while nobody else uses the links.
  double time_s(Collective collective, const std::vector<DeviceIndex>& devices, double bytes) const {
    return table_.choose(devices, collective, bytes).time_s(bytes);
  }
  double gather_s(const Value& value, DeviceIndex root) const;
  double reduce_s(const Value& value, DeviceIndex root) const;

  /// Of a Sharded or Rows value: all of it on one device; directly, or by way of the host where that is faster.
  Pieces gather(const Value& value, DeviceIndex root);
  /// Of a Partial value: the sum on one device; added there, on the host, or each share on a device of the group,
  /// whichever is the fastest.
  Pieces reduce(const Value& value, DeviceIndex root);

 private:
  /// Up to the host, or directly; then from the host.
  struct ToRoot {
    std::vector<RouteBytes> first;
    std::vector<RouteBytes> then;
  };
  /// Does what a device has for the root go to the host first?
  bool passes_host(DeviceIndex device, DeviceIndex root, bool by_host) const;
  ToRoot to_root(const Value& value, DeviceIndex root, bool by_host) const;
  double time_s(const ToRoot& sends) const;
  struct Reduction {
    double time_s = 0;
    DeviceIndex adder = host_device;
    bool by_shares = false;  ///< a reduce-scatter, then a gather
  };
  Reduction reduction(const Value& value, DeviceIndex root) const;
  static Value scattered(const Value& value);
  /// Of all tensors of a Partial value.
  Demand sum_on(DeviceIndex device, const Value& value) const;

  Transfers& transfers_;
  const CollectiveTable& table_;
  CollectiveLog* log_;  // may be null
};

}  // namespace upmem_des
