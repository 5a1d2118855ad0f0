#include "simulation/segment_finder.hpp"

namespace upmem_des {

namespace {

// Joins of joins: an event's join waits for those of its parts.
constexpr int deepest_join = 8;

}  // namespace

bool SegmentFinder::is_here(const Task& task) const {
  return task.kind == Task::Kind::Compute && task.device == device_;
}

bool SegmentFinder::waits_only_here(const TaskGraph::Node& join, int depth) const {
  if (depth == 0) return false;
  for (const TaskId before : join.task.after) {
    if (graph_.ended(before)) continue;
    const TaskGraph::Node& node = graph_.at(before);
    if (node.in_segment() || is_here(node.task)) continue;
    if (node.task.kind != Task::Kind::Join || !waits_only_here(node, depth - 1)) return false;
  }
  return true;
}

/// Marks `id`, and joins that end with it. False: somebody else waits for one of them.
bool SegmentFinder::cover(TaskId id, double end_s) {
  bool alone = true;
  ending_.assign(1, id);
  while (!ending_.empty()) {
    TaskGraph::Node& ended = graph_.at(ending_.back());
    ending_.pop_back();
    ended.ends_s = end_s;
    ended.segment_of = device_;
    for (const TaskId dependent : ended.dependents) {
      TaskGraph::Node& node = graph_.at(dependent);
      if (node.covered++ == 0) covered_.push_back(dependent);
      if (is_here(node.task)) continue;
      if (node.task.kind != Task::Kind::Join || node.task.ends_prefill)
        alone = false;
      else if (node.covered == node.pending)
        ending_.push_back(dependent);
      else if (!waits_only_here(node, deepest_join))
        alone = false;
    }
  }
  return alone;
}

bool SegmentFinder::add(TaskId id, Segment& segment) {
  segment.add(id, graph_.at(id).task.demand);
  return cover(id, segment.end_s());
}

Segment SegmentFinder::find(TaskId first, double start_s, std::deque<TaskId>& queue, TaskId limit, std::size_t rest) {
  device_ = graph_.at(first).task.device;
  Segment segment(start_s);
  bool alone = add(first, segment);
  while (alone && queue.size() > rest && segment.size() < largest) {
    const TaskId next = queue.front();
    const TaskGraph::Node& node = graph_.at(next);
    if (next >= limit || node.pending != node.covered) break;
    queue.pop_front();
    alone = add(next, segment);
  }
  for (const TaskId id : covered_) graph_.at(id).covered = 0;
  covered_.clear();
  return segment;
}

}  // namespace upmem_des
