/// What has to be where. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

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

}  // namespace upmem_des
