/// Brings tensors to where they are needed. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/tasks/collectives.hpp"
#include "plan/tasks/transfers.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// What an event needs of a tensor, and where.
struct Wanted {
  std::vector<DeviceIndex> devices;
  Layout layout = Layout::Whole;  ///< Whole, Sharded or Rows
  std::vector<double> shares;     ///< of Sharded and Rows, by device
  /// Of a grid of devices, by group: the share of the rows that the group needs, in `layout`; else empty.
  std::vector<double> rows;
  double bytes = 0;                    ///< of the tensor; fewer than it has where the event takes some rows of it
  std::optional<std::int64_t> expert;  ///< whose rows these are, where they are not all
  Pieces after;                        ///< it is not sent on before these, which tell where it has to go
  bool from_host = false;              ///< the tensor goes to the host first and from there to every device
  const char* purpose = "input";

  /// What one group of a grid needs of its rows.
  Wanted of_group(std::size_t group) const;
};

/// Moves nothing twice: a tensor that a device has been sent stays there, and serves all that need it.
class DataMover {
 public:
  DataMover(Transfers& transfers, Collectives& collectives) : transfers_(transfers), collectives_(collectives) {}

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
  bool are_peers(const std::vector<DeviceIndex>& from, const std::vector<DeviceIndex>& to) const;
  bool can_send_rows(const Value& value, const Wanted& wanted) const;
  Pieces send_rows(const Value& value, const Wanted& wanted);
  std::vector<Pieces> whole(Value& value, const Wanted& wanted);
  std::vector<Pieces> scattered(Value& value, const Wanted& wanted);
  void make_whole_somewhere(Value& value, const Wanted& wanted);
  void put_whole(Value& value, const std::vector<DeviceIndex>& devices, const std::vector<Pieces>& pieces);
  double peers_s(const Value& value, const Wanted& wanted) const;
  std::vector<Pieces> by_peers(const Value& value, const Wanted& wanted);
  DeviceIndex root_for(const Value& value, const Wanted& wanted) const;
  const Value::At* source_for(const Value& value, DeviceIndex device) const;
  /// When a tensor may be sent on that is somewhere after `pieces`.
  Pieces may_go(const Pieces& pieces, const Wanted& wanted);

  Transfers& transfers_;
  Collectives& collectives_;
};

}  // namespace upmem_des
