#include "simulation/task_graph.hpp"

#include <string>
#include <utility>

#include "upmem_des/util/error.hpp"

#include "simulation/task_check.hpp"

namespace upmem_des {

TaskGraph::Node& TaskGraph::add(Task task, EventEntry& event) {
  const TaskId id = task.id;
  check_order(task, base_ + size());
  nodes_.resize(static_cast<std::size_t>(id - base_ + 1));
  Node& node = nodes_.back();
  node.event = &event;
  node.state = Node::State::Planned;
  for (const TaskId before : task.after) {
    if (ended(before)) continue;
    at(before).dependents.push_back(id);
    ++node.pending;
  }
  node.task = std::move(task);
  return node;
}

void TaskGraph::end(TaskId id, std::vector<TaskId>& ready) {
  Node& node = at(id);
  node.state = Node::State::Ended;
  for (const TaskId dependent : node.dependents)
    if (--at(dependent).pending == 0) ready.push_back(dependent);
  while (!nodes_.empty() && nodes_.front().state == Node::State::Ended) {
    nodes_.pop_front();
    ++base_;
  }
}

std::optional<TaskId> TaskGraph::held_back_by(TaskId id) const {
  for (const TaskId before : at(id).task.after)
    if (!ended(before)) return before;
  return std::nullopt;
}

}  // namespace upmem_des
