/// How tensors come to where they are needed. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/tasks/event_blocks.hpp"
#include "plan/tasks/part_split.hpp"
#include "plan/tasks/task_maker.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// An event, or the rows of one that belong to a micro-batch, when it is planned.
struct Turn {
  const PlacedEvent& placed;
  const LayerEvent& part;  ///< the micro-batch's rows of placed.event
  std::int64_t microbatch = 0;
  std::vector<LayerEvent> groups{};  ///< see groups_of()
};

/// Where the event of a turn runs, and what it waits for there.
struct Placement {
  Spread spread;                             ///< on which devices, and how they share it
  const Spread* kept = nullptr;              ///< the mapping's own, which outlives values; null for one device
  PartSplit split;                           ///< what each of them does
  std::vector<std::vector<Pieces>> arrived;  ///< by device: the pieces of every input
  std::vector<std::size_t> input_cuts;       ///< by device: of the inputs that were made there, see Value::cuts
  bool stays = false;                        ///< needs nobody the pieces of its output one by one?
  std::vector<double> input_shares;          ///< that the split was made for; empty where the input lies otherwise
  /// Events whose sizes say how many bytes were moved to bring the inputs; by seq.
  std::vector<std::int64_t> sized_by;
};

/// A place in the stream of events and tasks, and what is looked back to from there.
struct Outlook {
  std::int64_t next_seq = 0;
  TaskId next_id = 0;
  const std::vector<std::int64_t>& looks_back;  ///< how many events before the next one
  const std::vector<Slice>* slices = nullptr;   ///< of the events from there on; null: one batch of all
};

/// What computing has made, by device.
struct Made {
  std::vector<Pieces> pieces;
  std::vector<std::size_t> cuts;  ///< see Value::cuts
};

/// What is known when the last event has been planned.
struct LastEvents {
  std::int64_t layer_seq = -1;  ///< of the last layer event; below 0: there was none
  double layer_input_B = 0;     ///< of its input, once for each pass
};

/// A strategy of the planner: of every turn, in order, it is asked what has to be there, and told what was made.
class Movement {
 public:
  Movement() = default;
  Movement(const Movement&) = delete;
  Movement& operator=(const Movement&) = delete;
  virtual ~Movement() = default;

  virtual Placement bring(const Turn& turn) = 0;
  /// Has it moved anything whose size is the event's?
  virtual bool keep(const Turn& turn, const Placement& placement, Made made) = 0;
  /// A sequence's caches are needed no more.
  virtual void free(SequenceId /*sequence*/) {}
  /// The transfers that end a run.
  virtual void finish(const LastEvents& last) = 0;
  /// Appends all that the plan of the next events depends on besides these, relative to `frame`: where that is the
  /// same, equal events are planned equally.
  virtual void describe(const Outlook& frame, std::vector<std::int64_t>& state) = 0;
  /// Where the latest event ran, at first on HOST.
  virtual const std::vector<DeviceIndex>& current() const = 0;
};

}  // namespace upmem_des
