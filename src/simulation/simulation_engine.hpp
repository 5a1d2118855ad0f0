/// SimGrid's engine, as every simulation needs it.
#pragma once

#include <memory>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace upmem_des {

/// Starts the engine with its configuration and energy plugins. SimGrid holds one engine a process: a second object in
/// a process throws SimulationError.
class SimulationEngine {
 public:
  /// SimGrid's own trace is written to `trace_file` as the simulation goes; empty: none.
  explicit SimulationEngine(const std::string& trace_file = "");
  SimulationEngine(const SimulationEngine&) = delete;
  SimulationEngine& operator=(const SimulationEngine&) = delete;

  /// Runs until no actor is left. False where SimGrid found that those that were left could not go on.
  bool run();

 private:
  std::vector<std::string> texts_;
  std::vector<char*> arguments_;
  int argument_count_ = 0;
  std::unique_ptr<simgrid::s4u::Engine> engine_;
  bool deadlock_ = false;
};

}  // namespace upmem_des
