/// Algorithms of collectives that are fixed.
#pragma once

#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "upmem_des/util/named_choice.hpp"

namespace upmem_des {

/// What a platform fixes, and a scenario in place of that. Throws InputError on unknown collectives and algorithms,
/// with the nearest known one.
FixedAlgorithms fixed_algorithms(const std::vector<NamedChoice>& of_platform,
                                 const std::vector<NamedChoice>& of_scenario);

}  // namespace upmem_des
