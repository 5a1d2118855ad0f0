#include "simulation/simulator.hpp"

#include <signal.h>
#include <simgrid/plugins/energy.h>
#include <xbt/log.h>

#include <exception>
#include <string>
#include <vector>

#include "simulation/energy_meter.hpp"
#include "simulation/machine.hpp"
#include "simulation/result_collector.hpp"
#include "simulation/sequential_stream.hpp"
#include "simulation/simgrid_compat.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

namespace {

/// The clock's precision is ClockPrecision's. Transfers take latency + size / bandwidth and nothing
/// else. KiB of stack for an actor: exceptions with long messages need more than the bare walk.
void configure() {
  s4u::Engine::set_config(std::string(compat::work_precision) + "1e-12");
  s4u::Engine::set_config("network/model:CM02");
  s4u::Engine::set_config("network/TCP-gamma:1e20");
  s4u::Engine::set_config("network/crosstraffic:0");
  s4u::Engine::set_config("contexts/stack-size:1024");
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

struct Snapshot {
  double time_s = 0;
  std::vector<EnergyParts> devices;
};

void take_difference(PhaseResult& phase, const Snapshot& from, const Snapshot& to) {
  phase.time_s = to.time_s - from.time_s;
  for (std::size_t i = 0; i < to.devices.size(); ++i) phase.energy += to.devices[i] - from.devices[i];
}

}  // namespace

SimulationResult simulate(EventSource& source, const PlanRules& rules, const SimulationOptions& options) {
  claim_process();
  xbt_log_control_set("root.thres:critical");
  std::string program = "upmem-des";
  std::vector<char*> arguments{program.data()};
#ifdef __SANITIZE_ADDRESS__
  // The address sanitizer loses exceptions on stacks that it did not see being made; threads have stacks of their own.
  std::string contexts = "--cfg=contexts/factory:thread";
  arguments.push_back(contexts.data());
#endif
  auto argument_count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  const KeepInterrupt interrupt;
  s4u::Engine engine(&argument_count, arguments.data());
  interrupt.restore();
  configure();
  sg_host_energy_plugin_init();
  sg_link_energy_plugin_init();

  const Machine machine(rules.platform);
  const EnergyMeter meter(machine);
  Planner planner(source, rules);
  ResultCollector collector(rules.platform);
  const auto snapshot = [&] { return Snapshot{s4u::Engine::get_clock(), meter.read()}; };
  const Snapshot start{0, std::vector<EnergyParts>(rules.platform.devices.size())};
  Snapshot prefill_end = start;
  Snapshot end = start;
  bool prefill_ended = false;
  bool ended = false;
  bool deadlock = false;
  std::exception_ptr failure;

  SequentialStream stream(planner, rules.platform, machine, collector, {options.segments, options.observer, [&] {
                                                                          prefill_end = snapshot();
                                                                          prefill_ended = true;
                                                                        }});
  // An exception that leaves an actor would abort the process.
  compat::create_actor("stream", machine.host().arithmetic, [&] {
    try {
      stream.run();
      end = snapshot();
      ended = true;
    } catch (const simgrid::ForcefulKillException&) {
      throw;
    } catch (...) {
      failure = std::current_exception();
    }
  });
  s4u::Engine::on_deadlock_cb([&] { deadlock = true; });
  engine.run();
  if (failure) std::rethrow_exception(failure);
  if (deadlock || !ended) throw SimulationError("deadlock: a stream waits for work that never ends");

  SimulationResult result;
  collector.fill(result);
  // Without a call of the last layer everything is prefill.
  const Snapshot& boundary = prefill_ended ? prefill_end : end;
  take_difference(result.phase(Phase::Prefill), start, boundary);
  take_difference(result.phase(Phase::Decode), boundary, end);
  for (std::size_t i = 0; i < end.devices.size(); ++i) result.devices[i].energy = end.devices[i];
  result.time_s = end.time_s;
  result.forward_passes = planner.forward_passes();
  result.events = planner.events();
  return result;
}

std::string simgrid_version() {
  int major = 0, minor = 0, patch = 0;
  sg_version_get(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + (patch > 0 ? "." + std::to_string(patch) : "");
}

}  // namespace upmem_des
