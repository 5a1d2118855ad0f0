#include "simulation/task_graph.hpp"

#include <string>
#include <utility>

#include "util/error.hpp"

namespace upmem_des {

namespace {

std::string number(TaskId id) {
  return "task " + std::to_string(id);
}

}  // namespace

TaskGraph::Node& TaskGraph::add(Task task, EventEntry& event) {
  const TaskId id = task.id;
  const TaskId next = base_ + size();
  if (id < next) throw SimulationError(number(id) + " comes after " + number(next - 1) + "; ids have to ascend");
  if (id - next > largest_gap)
    throw SimulationError(number(id) + " comes after " + number(next - 1) + "; too many ids are left out");
  for (const TaskId before : task.after) {
    if (before == id) throw SimulationError(number(id) + " waits for itself");
    if (before > id) throw SimulationError(number(id) + " waits for " + number(before) + ", which comes after it");
    if (before < 0) throw SimulationError(number(id) + " waits for " + number(before) + "; ids begin at 0");
  }
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
