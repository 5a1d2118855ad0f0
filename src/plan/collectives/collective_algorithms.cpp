#include "plan/collectives/collective_algorithms.hpp"

#include <algorithm>
#include <string>

#include "plan/collectives/binomial_tree.hpp"
#include "plan/collectives/by_host.hpp"
#include "plan/collectives/direct.hpp"
#include "plan/collectives/halving_doubling.hpp"
#include "plan/collectives/hierarchical.hpp"
#include "plan/collectives/measured.hpp"
#include "plan/collectives/recursive_doubling.hpp"
#include "plan/collectives/ring.hpp"
#include "plan/collectives/scatter_gather.hpp"
#include "plan/collectives/through_host.hpp"

namespace upmem_des {

const CollectiveAlgorithms& collective_algorithms() {
  static const CollectiveAlgorithms all = [] {
    const CollectiveAlgorithms inside{std::make_shared<Measured>(), std::make_shared<Direct>(),
                                      std::make_shared<Ring>(), std::make_shared<TwoWayRing>(),
                                      std::make_shared<HalvingDoubling>()};
    CollectiveAlgorithms across = inside;
    across.push_back(std::make_shared<RecursiveDoubling>());
    across.push_back(std::make_shared<Relay>());
    across.push_back(std::make_shared<ByHost>());
    across.push_back(std::make_shared<ThroughHost>());
    CollectiveAlgorithms algorithms{std::make_shared<BinomialTree>(), std::make_shared<ScatterGather>()};
    algorithms.insert(algorithms.end(), across.begin(), across.end());
    for (const auto& lower : inside)
      for (const auto& upper : across) algorithms.push_back(std::make_shared<Hierarchical>(lower, upper));
    return algorithms;
  }();
  return all;
}

std::vector<std::string> collective_algorithm_names() {
  std::vector<std::string> names;
  for (const auto& algorithm : collective_algorithms())
    if (std::find(names.begin(), names.end(), algorithm->name()) == names.end()) names.push_back(algorithm->name());
  return names;
}

}  // namespace upmem_des
