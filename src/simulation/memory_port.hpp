/// A device's memory port where weights are fetched ahead.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "simulation/activities.hpp"
#include "simulation/gate.hpp"
#include "simulation/task_stream.hpp"

namespace upmem_des {

/// An actor that does memory work first in, first out.
class MemoryPort {
 public:
  /// Place of a piece of work in the order of all: 1, 2, …; 0 for none.
  using Ticket = std::int64_t;

  /// Memory work of a task.
  struct Job {
    TaskId task = 0;
    Work work;
    double bytes = 0;       ///< for records only
    double earliest_s = 0;  ///< simulated time before which it may not start
  };

  /// References outlive the port.
  MemoryPort(DeviceIndex device, std::string name, simgrid::s4u::Host* host, Activities& activities, TaskDesk& desk,
             Crew& crew);

  /// Adds work that may start when all work before it has ended. No other actor runs before this returns; start() is to
  /// follow.
  Ticket submit(const Job& job);

  /// Has the actor, which is made with the first call, look for work.
  void start();

  /// Waits until the work with that ticket has ended; false: the crew has stopped.
  bool wait_for(Ticket ticket);

  /// No work will follow: the actor ends with the last.
  void close();

 private:
  void serve();

  DeviceIndex device_;
  std::string name_;
  simgrid::s4u::Host* host_;
  Activities& activities_;
  TaskDesk& desk_;
  Crew& crew_;
  Gate has_work_;
  Gate has_ended_;
  std::deque<Job> jobs_;
  Ticket submitted_ = 0;
  Ticket ended_ = 0;
  Ticket awaited_ = 0;
  bool served_ = false;
  bool closed_ = false;
};

}  // namespace upmem_des
