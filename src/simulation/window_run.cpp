#include "simulation/window_run.hpp"

#include "simulation/energy_meter.hpp"
#include "simulation/exactness.hpp"
#include "simulation/gate.hpp"
#include "simulation/machine.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/simulation_engine.hpp"
#include "simulation/snapshot.hpp"
#include "simulation/window_player.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

SimulationResult simulate_windows(const PlatformSpec& platform, const std::function<bool(Window&)>& next) {
  SimulationEngine engine{std::string()};
  const Machine machine(platform, Pacing::Meters);
  const EnergyMeter meter(machine);
  ClockPrecision precision;
  Activities activities(machine, precision);
  WindowPlayer player(machine, activities);
  Snapshot end = empty_snapshot(platform);
  Crew crew;
  crew.start_actor("run", machine.host().arithmetic, [&] {
    Window window;
    while (next(window)) player.play(window);
    end = {simgrid::s4u::Engine::get_clock(), meter.read()};
  });
  const bool completed = engine.run();
  crew.rethrow();
  if (!completed) throw SimulationError("deadlock: an activity never ends");
  SimulationResult result;
  const RouteFigureTable routes(platform);
  RunSums(platform, routes, false).fill(result);
  fill_energies(platform, empty_snapshot(platform), end, result);
  return result;
}

}  // namespace upmem_des
