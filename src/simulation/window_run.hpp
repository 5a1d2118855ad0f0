/// Windows of what a machine does, on SimGrid.
#pragma once

#include <functional>

#include "simulation/window.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Has SimGrid's hosts and links do what `next` says, window by window, each beginning where the one before it ends,
/// until it gives none. Time is SimGrid's clock, energy what its plugins integrated; the result has the machine's
/// devices and links with their energies, those of links in their owners' too, all of it counted as decode, and nothing
/// else. SimGrid holds one engine a process: a second call in a process throws SimulationError. Throws SimulationError
/// where a window asks a device for more than its rated power, and what `next` throws.
SimulationResult simulate_windows(const PlatformSpec& platform, const std::function<bool(Window&)>& next);

}  // namespace upmem_des
