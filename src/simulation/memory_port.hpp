/// A device's memory where weights are fetched ahead.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "simulation/active_power.hpp"
#include "simulation/activities.hpp"
#include "simulation/gate.hpp"
#include "simulation/task_stream.hpp"
#include "simulation/weight_buffer.hpp"

namespace upmem_des {

/// An actor that does the memory work of the task that runs, first in, first out, and fetches weights ahead when there
/// is none. A fetch makes way when a step of a task starts and when work is due, and goes on later.
class MemoryPort {
 public:
  /// References outlive the port.
  MemoryPort(DeviceIndex device, const Machine& machine, const FetchRules& rules, Activities& activities,
             ActivePower& active, TaskDesk& desk, Crew& crew);

  /// No other actor runs before these return; wake() is to follow.
  /// A task comes last in the device's line.
  void add(TaskId task, const Demand& demand) { buffer_.add(task, demand); }
  /// The first in line starts; the weights that it lacks are work of its own from now on.
  void start_task();
  /// A step of it starts.
  void start_step(bool is_last);
  /// The running task has work that may not start before `earliest_s`.
  void submit(const MemoryWork& work, double earliest_s) { jobs_.push_back({work, earliest_s}); }
  void end_task();
  /// No task will come: the actor ends when it has nothing to do.
  void close() { closed_ = true; }

  /// Has the actor, which is made with the first call, look for work.
  void wake();

  /// Waits until the work of the running task that has been submitted has ended; false: the crew has stopped.
  bool wait_for_own();

 private:
  struct Job {
    MemoryWork work;
    double earliest_s = 0;
  };
  struct Fetch {
    MemoryWork part;
    double start_s = 0;
    bool is_own = false;  // its task runs, and waits for it
    bool is_cut = false;
  };

  void serve();
  void run_own();
  void fetch(const MemoryWork& part, double limit_s);
  void cut();
  bool has_own() const { return !jobs_.empty() || is_at_own_ || (fetch_ && fetch_->is_own); }
  void tell(const MemoryWork& part, double start_s);

  DeviceIndex device_;
  std::string name_;
  simgrid::s4u::Host* host_;
  FetchRules rules_;
  Activities& activities_;
  ActivePower& active_;
  TaskDesk& desk_;
  Crew& crew_;
  Gate has_work_;
  Gate has_ended_;
  WeightBuffer buffer_;
  std::deque<Job> jobs_;
  std::optional<Fetch> fetch_;  // under way
  bool is_at_own_ = false;
  bool may_fetch_ = true;
  bool served_ = false;
  bool closed_ = false;
};

}  // namespace upmem_des
