/// What collectives are chosen from.
#pragma once

#include <memory>
#include <vector>

#include "plan/collectives/collective_algorithm.hpp"

namespace upmem_des {

/// Where two are equally good the first is taken; see RootedChoice for those with a root.
using CollectiveAlgorithms = std::vector<std::shared_ptr<const CollectiveAlgorithm>>;
const CollectiveAlgorithms& collective_algorithms();

/// Their names, each once.
std::vector<std::string> collective_algorithm_names();

}  // namespace upmem_des
