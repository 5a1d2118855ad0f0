/// Where the output of an event is. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "plan/spread.hpp"
#include "plan/tasks/task.hpp"

namespace upmem_des {

/// The tasks after which a tensor is somewhere: one, or one for each piece that it is cut into, in order. None: it is
/// there from the start.
using Pieces = std::vector<TaskId>;

/// How a tensor lies on the devices that have made it.
enum class Layout {
  Whole,    ///< every device has all of it
  Sharded,  ///< every device has a share of its features (columns, heads)
  Rows,     ///< every device has a share of its rows
  Partial   ///< the tensor is the sum of what the devices have
  // Of a grid, whose groups have rows each, see Value::groups, Rows.
};

/// The output of one event (of one micro-batch).
struct Value {
  struct At {
    DeviceIndex device = host_device;
    Pieces pieces;
  };
  /// Rows of the tensor, of one expert, that were brought to a device.
  struct ExpertRows {
    std::int64_t expert = 0;
    At at;
  };
  /// Shares of the tensor on a set of devices that did not make it.
  struct Scattered {
    Layout layout = Layout::Rows;
    std::vector<DeviceIndex> devices;
    std::vector<Pieces> pieces;
  };

  std::int64_t seq = -1;  ///< of the event; below 0: it is no event's
  /// How the event was shared, where several devices made it; else null.
  const Spread* spread = nullptr;
  std::vector<DeviceIndex> devices;
  Layout layout = Layout::Whole;
  /// Of Sharded and Rows: of each device, 0 to 1. Of a grid: its group's at the first device of each, 0 at the others.
  std::vector<double> shares;
  std::vector<Pieces> made;  ///< by device
  /// By device: in how many pieces it would have been made had anybody needed them; see TaskPlanner.
  std::vector<std::size_t> cuts;
  double bytes = 0;        ///< of the whole tensor
  double width = 0;        ///< its last size
  bool of_expert = false;  ///< some rows of a tensor that is the sum of several experts' outputs

  std::vector<At> whole_at;  ///< where all of it is, those that made it whole included
  std::vector<ExpertRows> expert_rows;
  std::set<RouteIndex> expert_routes;  ///< direct ones that some of those went over
  std::vector<Scattered> scattered;
  /// Of a grid: what each group has, in order of the rows. Their bytes are those of their rows.
  std::vector<Value> groups;
  /// Of a step in parts: by part, its share of the rows.
  std::vector<double> part_rows;
  std::vector<Value> slices;           ///< other rows that were asked for
  double first_row = 0, last_row = 1;  ///< of a group or slice: between which shares of the rows it lies

  /// The first device that has some of it: a replica may have no row.
  DeviceIndex first_holder() const {
    if (layout == Layout::Whole) return devices.front();
    for (std::size_t i = 0; i < shares.size(); ++i)
      if (shares[i] > 0) return devices[i];
    return devices.front();
  }
};

/// A tensor that lies on one device, whole.
inline Value whole_value(DeviceIndex device, double bytes, const Pieces& pieces) {
  Value value;
  value.devices = {device};
  value.bytes = bytes;
  value.made = {pieces};
  value.whole_at.push_back({device, pieces});
  return value;
}

}  // namespace upmem_des
