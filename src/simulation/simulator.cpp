#include "simulation/simulator.hpp"

#include <optional>
#include <string>

#include "simulation/energy_meter.hpp"
#include "simulation/gate.hpp"
#include "simulation/machine.hpp"
#include "simulation/result_collector.hpp"
#include "simulation/sequential_stream.hpp"
#include "simulation/sequential_timeline.hpp"
#include "simulation/simgrid_compat.hpp"
#include "simulation/simulation_engine.hpp"
#include "simulation/snapshot.hpp"
#include "simulation/task_executor.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

Snapshot snapshot(const EnergyMeter& meter) {
  return {simgrid::s4u::Engine::get_clock(), meter.read()};
}

}  // namespace

SimulationResult simulate(EventSource& source, const PlanRules& rules, const SimulationOptions& options) {
  SimulationEngine engine(options.trace_file);
  const Machine machine(rules.platform, Pacing::OneByOne);
  const EnergyMeter meter(machine);
  Planner planner(source, rules);
  ResultCollector collector(rules.platform);
  Snapshot prefill_end;
  Snapshot end;
  bool prefill_ended = false;
  bool ended = false;

  std::optional<SequentialTimeline> timeline;
  if (options.watch.observer != nullptr)
    timeline.emplace(rules.platform, *options.watch.observer, *options.watch.memory);
  const auto on_prefill_end = [&] {
    prefill_end = snapshot(meter);
    prefill_ended = true;
    if (timeline) timeline->end_prefill();
  };
  SequentialStream stream(planner, rules.platform, machine, collector,
                          {options.segments, options.observer, timeline ? &*timeline : nullptr, on_prefill_end});
  Crew crew;
  crew.start_actor("stream", machine.host().arithmetic, [&] {
    stream.run();
    end = snapshot(meter);
    if (timeline) timeline->end_run();
    ended = true;
  });
  const bool completed = engine.run();
  crew.rethrow();
  if (!completed || !ended) throw SimulationError("deadlock: a stream waits for work that never ends");

  SimulationResult result;
  collector.fill(result);
  // Without a call of the last layer everything is prefill.
  fill_energies(rules.platform, prefill_ended ? prefill_end : end, end, result);
  result.forward_passes = planner.forward_passes();
  result.events = planner.events();
  return result;
}

SimulationResult simulate_tasks(TaskSource& source, const PlatformSpec& platform, const SimulationOptions& options) {
  SimulationEngine engine(options.trace_file);
  const Machine machine(platform, Pacing::Shared);
  const EnergyMeter meter(machine);
  Snapshot end = empty_snapshot(platform);
  std::optional<Snapshot> prefill_end;
  ActivityObserver* const watcher = options.watch.observer;
  TaskExecutor* running = nullptr;
  const auto on_prefill_end = [&] {
    prefill_end = snapshot(meter);
    running->correct(prefill_end->energy);
    if (watcher != nullptr) watcher->on_prefill_end(prefill_end->time_s);
  };
  const auto on_end = [&] {
    end = snapshot(meter);
    if (watcher != nullptr) watcher->on_run_end(end.time_s);
  };
  TaskExecutor executor(source, machine,
                        {options.segments, options.ideal_links, options.observer, watcher, on_prefill_end, on_end});
  running = &executor;
  executor.start();
  const bool completed = engine.run();
  executor.check();
  if (!completed) throw SimulationError("deadlock: an activity never ends");

  SimulationResult result;
  executor.fill(result);
  fill_energies(platform, prefill_end ? *prefill_end : end, end, result);
  return result;
}

std::string simgrid_version() {
  int major = 0, minor = 0, patch = 0;
  sg_version_get(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + (patch > 0 ? "." + std::to_string(patch) : "");
}

}  // namespace upmem_des
