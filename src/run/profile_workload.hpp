/// Networks that are profiled before they are simulated.
#pragma once

#include "run/device_map.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// What can be known to be wrong with a scenario's workload.profile before the network has run: missing files and a
/// missing profiler, a configuration that is not supported, unknown cost models, devices and flags. Throws InputError;
/// `warn` is told of what is unusual. Gives the machine, with the ratings of the data type that is known so far.
PlatformSpec check_unprofiled(const Scenario& scenario, const Warn& warn);

/// The scenario with a workload that can be read: workload.profile is checked and run, unless it has been,
/// workload.contents is there to hold the trace to, and workload.last_layer is found in it where it is left open.
/// Throws InputError and SimulationError as check_unprofiled() and run_profiler() do.
Scenario profiled(Scenario scenario, const Warn& warn);

}  // namespace upmem_des
