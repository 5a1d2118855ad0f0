#include "simulation/simulator.hpp"

#include <memory>
#include <optional>
#include <string>

#include "simulation/decided_order.hpp"
#include "simulation/energy_meter.hpp"
#include "simulation/fetching_devices.hpp"
#include "simulation/gate.hpp"
#include "simulation/machine.hpp"
#include "simulation/simgrid_compat.hpp"
#include "simulation/simulation_engine.hpp"
#include "simulation/snapshot.hpp"
#include "simulation/task_executor.hpp"
#include "simulation/timetable.hpp"
#include "simulation/window_player.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

double clock_s() {
  return simgrid::s4u::Engine::get_clock();
}

Snapshot snapshot(const EnergyMeter& meter) {
  return {clock_s(), meter.read()};
}

/// What both ways of running tasks share.
struct Run {
  Run(const PlatformSpec& platform, const SimulationOptions& options, Pacing pacing)
      : engine(options.trace_file),
        machine(platform, pacing),
        meter(machine),
        routes(platform),
        sums(platform, routes, options.ideal_links),
        peaks(platform, routes),
        watcher(options.watch.observer),
        end(empty_snapshot(platform)) {}

  /// `told_s` is the time that those who watch are told.
  void end_prefill(double told_s) {
    prefill_end = snapshot(meter);
    peaks.end_prefill(told_s);
    sums.device_times().end_prefill(told_s);
    if (watcher != nullptr) watcher->on_prefill_end(told_s);
  }
  void end_run(double told_s) {
    end = snapshot(meter);
    if (watcher != nullptr) watcher->on_run_end(told_s);
  }
  SimulationResult result() {
    SimulationResult result;
    sums.fill(result);
    // Without an end of prefill everything is prefill.
    fill_energies(machine.spec(), prefill_end ? *prefill_end : end, end, result);
    peaks.fill(result);
    sums.device_times().fill(result);
    return result;
  }

  SimulationEngine engine;
  Machine machine;
  EnergyMeter meter;
  RouteFigureTable routes;
  RunSums sums;
  PeakPower peaks;
  ActivityObserver* watcher;
  Snapshot end;
  std::optional<Snapshot> prefill_end;
};

SimulationResult run_pieces(StepFeed& feed, const PlatformSpec& platform, const SimulationOptions& options) {
  Run run(platform, options, Pacing::Routes);
  std::optional<DecidedOrder> decided;
  if (options.order == QueueOrder::ReadyById) decided.emplace(feed, platform, run.routes, options.ideal_links);
  TaskExecutor executor(decided ? *decided : feed, run.machine, run.routes, run.sums, run.peaks,
                        {options.ideal_links, options.observer, run.watcher, [&] { run.end_prefill(clock_s()); },
                         [&] { run.end_run(clock_s()); }, decided ? &*decided : nullptr, options.fetch});
  executor.start();
  const bool completed = run.engine.run();
  executor.check();
  if (!completed) throw SimulationError("deadlock: an activity never ends");
  return run.result();
}

SimulationResult run_windows(StepFeed& feed, const PlatformSpec& platform, const SimulationOptions& options) {
  Run run(platform, options, Pacing::Meters);
  ClockPrecision precision;
  Activities activities(run.machine, precision);
  WindowPlayer player(run.machine, activities);
  std::optional<StepWatcher> watcher;
  if (options.observer != nullptr || run.watcher != nullptr)
    watcher.emplace(platform, run.routes, options.ideal_links, run.sums,
                    StepWatcher::Observers{options.observer, run.watcher});
  std::unique_ptr<FetchingDevices> fetching;
  if (options.fetch)
    fetching = std::make_unique<FetchingDevices>(platform, *options.fetch, run.peaks, watcher ? &*watcher : nullptr);
  Timetable timetable(feed, platform, run.routes, run.sums, run.peaks,
                      {options.ideal_links, options.order, watcher ? &*watcher : nullptr, nullptr, fetching.get()});
  Crew crew;
  crew.start_actor("run", run.machine.host().arithmetic, [&] {
    Timetable::Mark mark = Timetable::Mark::Steps;
    while (mark != Timetable::Mark::End) {
      mark = timetable.advance();
      player.play(timetable.take_window());
      // SimGrid's clock may come to a digit beside the timetable's, by which all else has been told.
      if (mark == Timetable::Mark::PrefillEnd) run.end_prefill(timetable.now_s());
    }
    run.end_run(timetable.now_s());
  });
  const bool completed = run.engine.run();
  crew.rethrow();
  if (!completed) throw SimulationError("deadlock: an activity never ends");
  return run.result();
}

}  // namespace

SimulationResult simulate(StepFeed& feed, const PlatformSpec& platform, const SimulationOptions& options) {
  if (options.order == QueueOrder::ReadyById && options.fetch)
    throw SimulationError("streams that choose what they take fetch nothing ahead");
  const bool by_pieces = !options.segments || !options.trace_file.empty();
  if (by_pieces && platform.routes.used_count() > most_simgrid_routes)
    throw SimulationError(std::to_string(platform.routes.used_count()) + " ways between devices; expected at most " +
                          std::to_string(most_simgrid_routes) + " where SimGrid is given every piece");
  return by_pieces ? run_pieces(feed, platform, options) : run_windows(feed, platform, options);
}

std::string simgrid_version() {
  int major = 0, minor = 0, patch = 0;
  sg_version_get(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + (patch > 0 ? "." + std::to_string(patch) : "");
}

}  // namespace upmem_des
