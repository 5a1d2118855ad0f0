/// Clock and energies at the phases' ends, and what they make of a result.
#pragma once

#include "simulation/energy_meter.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// What has been used up to a simulated time.
struct Snapshot {
  double time_s = 0;
  EnergyMeter::Reading energy;
};

/// Nothing used, at 0 s.
Snapshot empty_snapshot(const PlatformSpec& platform);

/// A platform's links, with nothing moved yet.
std::vector<LinkResult> link_results(const PlatformSpec& platform);

/// Puts times and energies of phases, devices and links into `result`, whose devices and links are those of `platform`
/// in its order. Prefill is what has been used up to `prefill_end`, decode the rest up to `end`; a link's energy counts
/// by its role, and at its owner where it has one.
void fill_energies(const PlatformSpec& platform, const Snapshot& prefill_end, const Snapshot& end,
                   SimulationResult& result);

}  // namespace upmem_des
