/// Where actors wait for each other, and how a run finds out that nobody can go on.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace upmem_des {

class Gate;

/// Counts the actors that run or are in an activity of SimGrid. When the last of them begins to wait at a gate, nobody
/// is left to open one: that is a deadlock, and the crew stops. (SimGrid would find it, too, but prints a page and
/// kills the actors.)
class Crew {
 public:
  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Starts an actor on `host`. An exception of `code` is kept, and stops the crew. Throws SimulationError where memory
  /// does not suffice for its stack.
  void start_actor(const std::string& name, simgrid::s4u::Host* host, std::function<void()> code);

  /// Lets every actor end as soon as its present activity has: waits return false from now on.
  void stop();
  bool stopped() const { return stopped_; }

  /// Throws the first exception that an actor's code threw.
  void rethrow() const;

 private:
  friend class Gate;
  void one_rests();

  std::exception_ptr failure_;
  std::vector<Gate*> gates_;
  std::int64_t actors_ = 0;
  std::int64_t most_actors_ = 0;
  std::int64_t active_ = 0;
  std::int64_t waiting_ = 0;
  bool stopped_ = false;
};

/// Where one actor waits until another lets it go on. An actor that waits costs nothing.
class Gate {
 public:
  /// The crew outlives the gate's use.
  explicit Gate(Crew& crew);
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Waits until open() is called. False: the crew has stopped, and the actor is to end.
  bool wait();
  /// The same until simulated `time_s` at most, and not at all where that has come; true: open() was called before. An
  /// actor that waits so can go on by itself.
  bool wait_until(double time_s);
  /// Lets the waiting actor go on; without one it does nothing.
  void open();
  bool waiting() const { return waiting_; }

 private:
  Crew& crew_;
  simgrid::s4u::SemaphorePtr semaphore_;
  bool waiting_ = false;
  bool has_limit_ = false;
};

}  // namespace upmem_des
