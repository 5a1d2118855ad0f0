#include "simulation/simulation_engine.hpp"

#include <signal.h>
#include <simgrid/plugins/energy.h>
#include <xbt/asserts.h>
#include <xbt/log.h>

#include "simulation/actor_stack.hpp"
#include "simulation/simgrid_compat.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

namespace {

/// The clock's precision is ClockPrecision's. Transfers take latency + size / bandwidth and nothing else.
void configure() {
  s4u::Engine::set_config(std::string(compat::work_precision) + "1e-12");
  s4u::Engine::set_config("network/model:CM02");
  s4u::Engine::set_config("network/TCP-gamma:1e20");
  s4u::Engine::set_config("network/crosstraffic:0");
  s4u::Engine::set_config("contexts/stack-size:" + std::to_string(stack_KiB));
}

/// The platform, and how much of hosts and links is in use. (A state for each actor, together with communications
/// between hosts, makes a file that pj_dump rejects.)
std::vector<std::string> tracing_arguments(const std::string& file) {
  return {"--cfg=tracing:yes", "--cfg=tracing/filename:" + file, "--cfg=tracing/platform:yes",
          "--cfg=tracing/uncategorized:yes", "--cfg=tracing/precision:12"};
}

/// SimGrid's engine takes over Ctrl-C and then exits with 1 and no word; the program's own way of ending is kept.
class KeepInterrupt {
 public:
  KeepInterrupt() { ::sigaction(SIGINT, nullptr, &action_); }
  void restore() const { ::sigaction(SIGINT, &action_, nullptr); }

 private:
  struct sigaction action_ {};
};

void claim_process() {
  static bool claimed = false;
  if (claimed)
    throw SimulationError(
        "a second simulation in one process; SimGrid holds one engine a process: run it in a process "
        "of its own");
  claimed = true;
}

}  // namespace

SimulationEngine::SimulationEngine(const std::string& trace_file) : texts_{"upmem-des"} {
  claim_process();
  // SimGrid aborts with a page of text where it finds no memory; whoever handles the signal says a line.
  xbt_log_threshold_set(&_XBT_LOGV(root), xbt_log_priority_infinite);
  xbt_log_no_loc = 1;
#ifdef __SANITIZE_ADDRESS__
  // The address sanitizer loses exceptions on stacks that it did not see being made; threads have stacks of their own.
  texts_.emplace_back("--cfg=contexts/factory:thread");
#endif
  if (!trace_file.empty())
    for (std::string& argument : tracing_arguments(trace_file)) texts_.push_back(std::move(argument));
  for (std::string& text : texts_) arguments_.push_back(text.data());
  argument_count_ = static_cast<int>(arguments_.size());
  arguments_.push_back(nullptr);
  const KeepInterrupt interrupt;
  engine_ = std::make_unique<s4u::Engine>(&argument_count_, arguments_.data());
  interrupt.restore();
  configure();
  sg_host_energy_plugin_init();
  sg_link_energy_plugin_init();
}

bool SimulationEngine::run() {
  s4u::Engine::on_deadlock_cb([this] { deadlock_ = true; });
  engine_->run();
  return !deadlock_;
}

}  // namespace upmem_des
