/// Who waits for what, for people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/tasks/task.hpp"

namespace upmem_des {

/// Of a run whose source of steps gives none before another has ended, when none is under way.
inline constexpr const char* nothing_to_wait_for =
    "deadlock: the source of steps waits for a step to end, but all have";

/// Tasks that have not ended, as the report asks for them.
class WaitGraph {
 public:
  struct Found {
    const Task* task = nullptr;  ///< null: there is none with that id
    const EventTasks* event = nullptr;
  };

  WaitGraph() = default;
  WaitGraph(const WaitGraph&) = delete;
  WaitGraph& operator=(const WaitGraph&) = delete;
  virtual ~WaitGraph() = default;

  virtual Found find(TaskId id) const = 0;
  /// The first task that `id`, which there is, still waits for; none when it is ready.
  virtual std::optional<TaskId> held_back_by(TaskId id) const = 0;
  /// Of the stream that a task is in, for people.
  virtual const std::string& stream_name(const Task& task) const = 0;
  /// The next task of every stream that has one, devices first.
  virtual std::vector<TaskId> heads() const = 0;
  /// Joins that have not ended.
  virtual std::vector<TaskId> joins() const = 0;
};

/// "deadlock: dimm[0] waits for q_proj (event 5) on dimm[1]; HOST to dimm[2] waits for task 9, which does not exist;
/// and 3 more": every stream whose next task cannot start, and the first thing that this task waits for, at most eight
/// of them. Where only joins are left, what these wait for.
std::string deadlock_report(const WaitGraph& graph);

}  // namespace upmem_des
