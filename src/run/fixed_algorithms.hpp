/// Algorithms of collectives that are fixed.
#pragma once

#include <vector>

#include "plan/collectives/collective_table.hpp"
#include "util/named_choice.hpp"

namespace upmem_des {

/// Throws InputError on unknown collectives and algorithms, with the nearest known one, and on algorithms that do not
/// know the collective for any group.
FixedAlgorithms fixed_algorithms(const std::vector<NamedChoice>& choices);

}  // namespace upmem_des
