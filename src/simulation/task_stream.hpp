/// An actor that walks a queue of tasks.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "plan/tasks/task.hpp"
#include "simulation/device_times.hpp"
#include "simulation/ended_task.hpp"
#include "simulation/gate.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/task_timeline.hpp"

namespace upmem_des {

/// What streams ask of, and tell, the one who keeps the tasks.
class TaskDesk {
 public:
  TaskDesk() = default;
  TaskDesk(const TaskDesk&) = delete;
  TaskDesk& operator=(const TaskDesk&) = delete;
  virtual ~TaskDesk() = default;

  virtual const Task& task(TaskId id) const = 0;
  virtual Phase phase(TaskId id) const = 0;        ///< of the task's event
  virtual std::int64_t step(TaskId id) const = 0;  ///< of the task's event; −1 for what ends a run
  virtual TaskTimeline* timeline() = 0;            ///< null: nobody watches
  virtual PeakPower& peaks() = 0;
  virtual DeviceTimes& device_times() = 0;
  virtual bool ready(TaskId id) const = 0;  ///< has all that it waits for ended?
  virtual bool all_planned() const = 0;     ///< no further task will come
  virtual void start(TaskId id) = 0;
  /// Other actors may run before it returns, and the task be gone.
  virtual void end(const EndedTask& task) = 0;
};

/// Takes its tasks in the order in which they were added, one at a time.
class TaskStream {
 public:
  /// References outlive the stream.
  TaskStream(std::string name, TaskDesk& desk, Crew& crew);
  TaskStream(const TaskStream&) = delete;
  TaskStream& operator=(const TaskStream&) = delete;
  virtual ~TaskStream() = default;

  const std::string& name() const { return name_; }
  /// The task that is next in turn; none where the queue is empty.
  std::optional<TaskId> head() const;

  virtual void add(TaskId id) { queue_.push_back(id); }

  /// Makes the actor, on `host`; does nothing after the first call.
  void start(simgrid::s4u::Host* host);

  /// To be called when something has changed that the stream may wait for: its queue, the tasks that its head waits
  /// for, the end of planning. Lets the actor go on if it can.
  virtual void notify();

 protected:
  /// Runs a task; returns at the simulated time at which its work has ended. Returns how long that took by its formula;
  /// none where it has none.
  virtual std::optional<double> perform(TaskId id) = 0;
  /// Called when no further task will come.
  virtual void finish() {}

  TaskDesk& desk() { return desk_; }
  const TaskDesk& desk() const { return desk_; }
  Crew& crew() { return crew_; }

 private:
  /// Runs a task that has been taken off the queue, tells the desk, and returns when both are done.
  void run(TaskId id);
  bool can_go_on() const;
  void walk();

  std::string name_;
  TaskDesk& desk_;
  Crew& crew_;
  Gate gate_;
  std::deque<TaskId> queue_;
  bool started_ = false;
};

}  // namespace upmem_des
