/// Which tasks of a device can run as one.
#pragma once

#include <deque>
#include <vector>

#include "simulation/segment.hpp"
#include "simulation/task_graph.hpp"

namespace upmem_des {

/// Finds tasks of a device between which it meets nobody: each waits for nothing but tasks before it, and only tasks of
/// the same device, and joins of nothing but them, wait for any but the last.
class SegmentFinder {
 public:
  /// A segment has at most so many tasks.
  static constexpr std::size_t largest = 1024;

  /// The graph outlives the finder.
  explicit SegmentFinder(TaskGraph& graph) : graph_(graph) {}

  /// The segment of `first`, which is ready and starts at `start_s`, and of as many as possible from the front of
  /// `queue`, the further tasks of its device; these are taken off. Ids of these are below `limit`, and at least `rest`
  /// stay in the queue. The graph's nodes of all of them, and of joins that end with them, know when they will have
  /// ended.
  Segment find(TaskId first, double start_s, std::deque<TaskId>& queue, TaskId limit, std::size_t rest);

 private:
  bool add(TaskId id, Segment& segment);
  bool cover(TaskId id, double end_s);
  bool waits_only_here(const TaskGraph::Node& join, int depth) const;
  bool is_here(const Task& task) const;

  TaskGraph& graph_;
  DeviceIndex device_ = host_device;
  std::vector<TaskId> covered_;  // nodes that wait for tasks of the segment
  std::vector<TaskId> ending_;   // whose dependents are to be looked at
};

}  // namespace upmem_des
