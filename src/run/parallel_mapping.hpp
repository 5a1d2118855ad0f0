/// From axes of parallelism to a mapping. Internal to the room.
#pragma once

#include <cstdint>
#include <vector>

#include "run/workload_facts.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// How many of so many layers each stage has: as many, and where they are not divided evenly one more in those before
/// the last, from its neighbour down, as the last has the head, too: vLLM's rule (get_pp_indices in
/// vllm/distributed/utils.py).
std::vector<std::int64_t> layers_of_stages(std::int64_t layers, std::int64_t stages);

/// The scenario with the lines of the mapping that its section parallel stands for; as it is without one. Throws
/// InputError where the axes do not fit the devices, or the stages the decoder layers.
Scenario laid_out(const Scenario& scenario, const PlatformSpec& platform, const WorkloadFacts& facts);

/// By place along `dp`, the devices of a scenario with a section parallel that laid_out() takes. Throws as that does.
std::vector<std::vector<DeviceIndex>> devices_of_ranks(const Scenario& scenario, const PlatformSpec& platform);

/// Throws InputError where the axes do not fit the devices.
void check_parallel(const Scenario& scenario, const PlatformSpec& platform);

}  // namespace upmem_des
