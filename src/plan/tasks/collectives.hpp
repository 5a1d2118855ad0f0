/// What devices that share a tensor do together. Internal to the room.
#pragma once

#include <vector>

#include "plan/collectives/collective_log.hpp"
#include "plan/collectives/rooted_choice.hpp"
#include "plan/collectives/uneven_choice.hpp"
#include "plan/tasks/collective_tasks.hpp"
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
      : transfers_(transfers),
        table_(table),
        rooted_(transfers.platform(), transfers.routes(), table),
        uneven_(transfers.platform(), transfers.routes(), table),
        log_(log) {}

  /// All-gather and all-to-all of a Sharded or Rows value, all-reduce of a Partial one, and a reduce-scatter of one
  /// into equal shares.
  std::vector<Pieces> run(Collective collective, const Value& value);
  /// Of a Partial value: to each device its share of the sum.
  std::vector<Pieces> reduce_scatter(const Value& value, const std::vector<double>& shares) {
    return run(Collective::ReduceScatter, value, shares);
  }

  /// Is this a group that collectives are known for?
  bool knows(const std::vector<DeviceIndex>& devices) const { return table_.knows(devices); }
  /// How long a collective of such a group takes while nobody else uses the links.
  double time_s(Collective collective, const std::vector<DeviceIndex>& devices, double bytes) const {
    return table_.choose(devices, collective, bytes).time_s(bytes);
  }
  /// The same with these shares, as CollectiveAlgorithm::stages takes them.
  double time_s(Collective collective, const std::vector<DeviceIndex>& devices, const std::vector<double>& shares,
                double bytes);
  double gather_s(const Value& value, DeviceIndex root) const {
    return rooted_.choose(gather_of(value, root), value.bytes).time_s;
  }
  double reduce_s(const Value& value, DeviceIndex root) const {
    return rooted_.choose(reduce_of(value, root), value.bytes).time_s;
  }
  double broadcast_s(const std::vector<DeviceIndex>& from, const std::vector<DeviceIndex>& to, double bytes) const;

  /// Of a Sharded or Rows value: all of it on one device.
  Pieces gather(const Value& value, DeviceIndex root);
  /// Of a Partial value: the sum on one device.
  Pieces reduce(const Value& value, DeviceIndex root);
  /// Of a tensor of `bytes` bytes that is somewhere: by device of `to`, none of which has it. It is not sent to one of
  /// them before `after`. Whoever has it then is added to `at`, the host included where it passes that. To one device
  /// it is a transfer, which no algorithm can be fixed for.
  void broadcast(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes, const Pieces& after,
                 const char* purpose);

 private:
  std::vector<Pieces> run(Collective collective, const Value& value, const std::vector<double>& shares);
  static RootedCollective gather_of(const Value& value, DeviceIndex root);
  static RootedCollective reduce_of(const Value& value, DeviceIndex root);
  static RootedCollective broadcast_of(std::vector<DeviceIndex> from, const std::vector<DeviceIndex>& to);
  Pieces to_root(const RootedCollective& what, const Value& value);
  /// The tasks of a plan; `held` as those take it.
  CollectiveTasks run(const RootedCollective& what, const RootedPlan& plan, const std::vector<Pieces>& held,
                      double bytes, const Pieces& after, const char* purpose);

  Transfers& transfers_;
  const CollectiveTable& table_;
  RootedChoice rooted_;
  UnevenChoice uneven_;
  CollectiveLog* log_;  // may be null
};

}  // namespace upmem_des
