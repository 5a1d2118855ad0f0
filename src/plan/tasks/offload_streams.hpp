/// Weights and caches that come from where they are kept. Internal to the room.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "plan/stored_bytes.hpp"
#include "plan/tasks/movement.hpp"
#include "plan/tasks/transfers.hpp"

namespace upmem_des {

/// Makes the transfers between devices and their stores; docs/machines.md, Tiers, defines them. A part that has weights
/// or reads a cache of which a share is kept elsewhere has it sent before it computes, at every use; new rows of a
/// cache are sent back afterwards. A device has room for what two parts are sent: a third's sets out when the first of
/// them has been computed. In the sequential schedule nothing sets out before the event that needs it.
class OffloadStreams {
 public:
  /// Both outlive it.
  OffloadStreams(const TaskRules& rules, TaskMaker& tasks);

  /// What one device's part of a turn's event, which is about to compute and reads so many bytes of caches, is sent:
  /// the tasks after which that is there. None where nothing is kept elsewhere.
  Pieces bring(const Turn& turn, const Part& part, DeviceIndex device, double kv_bytes);
  /// The same part is complete after `made`; `brought` is what bring() gave.
  void keep(const Turn& turn, const Part& part, DeviceIndex device, const Pieces& brought, const Pieces& made);

  /// Do sizes of the event, apart from those of its weights, say how many bytes are sent to or from this device?
  bool depends_on_size(const LayerEvent& part, DeviceIndex device) const;

  /// To be called where a step begins: appends all that its transfers depend on, task ids relative to the next one.
  void describe(TaskId next_id, std::vector<std::int64_t>& state);

 private:
  /// The n-th attention function of a pass, of one micro-batch, on one device.
  using CachePart = std::tuple<DeviceIndex, std::int64_t, std::int64_t>;
  static constexpr TaskId none = -1;

  const OffloadRules& rules_;
  bool ahead_;  ///< may anything be sent before the event that needs it begins?
  TaskMaker& tasks_;
  StoredBytes bytes_;
  Transfers transfers_;
  /// By device: computes of the last two parts that were sent something, the older one first.
  std::vector<std::array<TaskId, 2>> computed_;
  std::map<CachePart, Pieces> sent_back_;  ///< after which the latest rows are in the store
  TaskId step_begin_ = 0, step_end_ = 0;   ///< of the latest step that was planned, and described
};

}  // namespace upmem_des
