/// The devices of a scenario that names no platform file. Internal to the room.
#pragma once

#include <vector>

#include "scenario/scenario.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

/// HOST first, then every device that the mapping names, in the order of its first line: names, default, experts,
/// layers; then those of prefill and of decode. Throws InputError on an unknown device, with the nearest known one, and
/// on further devices of a kind ("H100[1]"), of which such a machine has one each.
std::vector<Architecture> mapped_profiles(const Scenario& scenario, const Catalogue& catalogue, const CostModel& model);

}  // namespace upmem_des
