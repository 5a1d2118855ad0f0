/// Brings tensors to where they are needed. Internal to the room.
#pragma once

#include <vector>

#include "plan/tasks/collectives.hpp"
#include "plan/tasks/expert_inputs.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"
#include "plan/tasks/wanted.hpp"

namespace upmem_des {

/// Moves nothing twice: a tensor that a device has been sent stays there, and serves all that need it.
class DataMover {
 public:
  DataMover(Transfers& transfers, Collectives& collectives)
      : transfers_(transfers), collectives_(collectives), expert_inputs_(transfers, collectives) {}

  /// The tasks after which each of wanted.devices has what it needs.
  std::vector<Pieces> bring(Value& value, const Wanted& wanted);

  /// How long one that has a tensor takes to send it to others, while nobody else uses the links.
  double broadcast_s(DeviceIndex from, const std::vector<DeviceIndex>& to, double bytes) const;

 private:
  std::vector<Pieces> to_groups(Value& value, const Wanted& wanted);
  std::vector<Pieces> from_groups(Value& value, const Wanted& wanted);
  void gather_columns(Value& value, const Wanted& wanted);
  std::vector<Pieces> deal_from_host(Value& value, const Wanted& wanted, const Pieces& on_host);
  std::vector<Pieces> by_way_of_host(Value& value, const Wanted& wanted);
  std::vector<Pieces> some_rows(Value& value, const Wanted& wanted);
  bool can_gather_some(const Value& value, const Wanted& wanted) const;
  std::vector<Pieces> gather_some(const Value& value, const Wanted& wanted);
  double to_peers_s(const std::vector<DeviceIndex>& from, const std::vector<DeviceIndex>& to,
                    const std::vector<double>& shares, double bytes) const;
  bool sends_shares_to_peers(const Value& value, const Wanted& wanted) const;
  std::vector<Pieces> dealt_out(Value& value, const Wanted& wanted);
  std::vector<Pieces> whole(Value& value, const Wanted& wanted);
  std::vector<Pieces> scattered(Value& value, const Wanted& wanted);
  void make_whole_somewhere(Value& value, const Wanted& wanted);
  void put_whole(Value& value, const std::vector<DeviceIndex>& devices, const std::vector<Pieces>& pieces);
  double peers_s(const Value& value, const Wanted& wanted) const;
  std::vector<Pieces> by_peers(const Value& value, const Wanted& wanted);
  struct Root {
    DeviceIndex device = host_device;
    double time_s = 0;  ///< until all that want the tensor have it, while nobody else uses the links
  };
  Root root_for(const Value& value, const Wanted& wanted) const;
  const Value::At* source_for(const Value& value, DeviceIndex device) const;
  /// When a tensor may be sent on that is somewhere after `pieces`.
  Pieces may_go(const Pieces& pieces, const Wanted& wanted);

  Transfers& transfers_;
  Collectives& collectives_;
  ExpertInputs expert_inputs_;
};

}  // namespace upmem_des
