/// What a scenario that serves requests may say.
#pragma once

#include <cstdint>

#include "scenario/scenario.hpp"
#include "scenario/serving_section.hpp"

namespace upmem_des {

/// Ranks of data-parallel attention, each with requests of its own, of an instance; 1 where there are none.
std::int64_t ranks_of(const Scenario& scenario);

/// Throws InputError on what does not go with requests, or not with each other where there are requests.
void check_served(const Scenario& scenario, const ServingSection& serving);

}  // namespace upmem_des
