/// Tasks that have been planned and have not ended, and who waits for whom.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "plan/tasks/task.hpp"

namespace upmem_des {

struct EventEntry;

/// A window over the stream of tasks: from the oldest that has not ended to the newest. Tasks before it have ended.
class TaskGraph {
 public:
  struct Node {
    Task task;
    EventEntry* event = nullptr;
    std::int64_t pending = 0;        ///< of the tasks in `after`, those that have not ended
    std::vector<TaskId> dependents;  ///< those that wait for this one
    enum class State { Missing, Planned, Ended } state = State::Missing;
  };

  /// Adds a task of `event`. Its id must be above all others; a number that is left out is a task that never ends.
  /// Throws SimulationError for ids that do not ascend, and where a task waits for itself or a later one.
  Node& add(Task task, EventEntry& event);

  /// Marks a task as ended. Appends to `ready` the tasks that nothing holds back any more, in order of id.
  void end(TaskId id, std::vector<TaskId>& ready);

  /// Only for tasks within the window.
  Node& at(TaskId id) { return nodes_[static_cast<std::size_t>(id - base_)]; }
  const Node& at(TaskId id) const { return nodes_[static_cast<std::size_t>(id - base_)]; }

  /// For any task that has been added.
  bool ended(TaskId id) const { return id < base_ || at(id).state == Node::State::Ended; }

  bool ready(TaskId id) const { return at(id).pending == 0; }

  /// The first task that `id` still waits for; none when it is ready.
  std::optional<TaskId> held_back_by(TaskId id) const;

  /// Calls `visit` for every node of the window in order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Node& node : nodes_) visit(node);
  }

  /// Tasks from the oldest that has not ended to the newest: at most this many are kept.
  std::int64_t size() const { return static_cast<std::int64_t>(nodes_.size()); }
  TaskId first_id() const { return base_; }          ///< of the oldest that has not ended
  TaskId next_id() const { return base_ + size(); }  ///< the smallest that the next task may have

 private:
  std::deque<Node> nodes_;
  TaskId base_ = 0;  // id of the first node
};

}  // namespace upmem_des
