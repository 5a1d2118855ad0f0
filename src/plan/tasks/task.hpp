/// Work for machines on which several things happen at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/tasks/shared_demand.hpp"
#include "upmem_des/platform/indices.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// The purpose of what the host does before a step: no part of an event, nor communication.
inline constexpr const char* step_overhead = "step overhead";

/// 0, 1, 2, … in the order in which tasks are made.
using TaskId = std::int64_t;

/// A piece of work of one stream (a device or a route), or a join, which takes no time and no stream. A stream takes
/// its tasks in the order of their ids, one at a time, as a command queue does; or, where streams choose, of those that
/// wait for nothing any more the one with the smallest id.
struct Task {
  enum class Kind { Compute, Transfer, Join };

  TaskId id = 0;
  Kind kind = Kind::Join;
  /// Tasks that must have ended before this one starts; all ids are smaller than `id`, each occurs once.
  std::vector<TaskId> after;

  DeviceIndex device = host_device;  ///< of a Compute
  SharedDemand demand;               ///< of a Compute; weights of its first step may be fetched before it starts
  std::uint32_t slot = 0;            ///< of a Compute: tasks of a step with the same one ask for the same
  double kv_cache_B = 0;     ///< of a Compute: that the device holds when it has ended; 0 where nobody counts it
  double activations_B = 0;  ///< of a Compute: its input and output; 0 where nobody counts them

  RouteIndex route = 0;  ///< of a Transfer
  double bytes = 0;      ///< of a Transfer, above 0
  double latency_s = 0;  ///< of a Transfer, that passes first; 0 for the further pieces of one that is cut
  /// What is communicated: "input", "all-reduce", "KV cache", or `step_overhead`; empty for the event's own work. A
  /// string literal.
  const char* purpose = "";
  bool ends_prefill = false;  ///< of a Join: prefill ends when it does
};

/// An event, or the part of one that belongs to a micro-batch, with the tasks that it is made of, in order of id.
struct EventTasks {
  LayerEvent event;              ///< as in the trace; without meaning where `is_event` is false
  bool is_event = true;          ///< false for what ends a run: the last transfers
  bool counts = true;            ///< false for all micro-batches of an event but the first
  Phase phase = Phase::Prefill;  ///< that the costs are counted in
  std::string devices;           ///< where it runs, for people: "HOST", "dimm[3]", "dimm[0..7]"
  std::vector<Task> tasks;       ///< none for an event without work
};

}  // namespace upmem_des
