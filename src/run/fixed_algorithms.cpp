#include "run/fixed_algorithms.hpp"

#include <algorithm>
#include <string>

#include "plan/collectives/collective_algorithms.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

FixedAlgorithms fixed_algorithms(const std::vector<NamedChoice>& of_platform,
                                 const std::vector<NamedChoice>& of_scenario) {
  std::vector<std::string> collectives;
  for (const Collective collective : all_collectives) collectives.emplace_back(key_of(collective));
  const std::vector<std::string> algorithms = collective_algorithm_names();
  FixedAlgorithms fixed;
  std::vector<NamedChoice> choices = of_platform;
  choices.insert(choices.end(), of_scenario.begin(), of_scenario.end());
  for (const NamedChoice& choice : choices) {
    const auto collective = std::find(collectives.begin(), collectives.end(), choice.of);
    if (collective == collectives.end())
      throw InputError(choice.where, choice.key,
                       "unknown collective; expected " + listed(collectives) + did_you_mean(choice.of, collectives));
    if (std::find(algorithms.begin(), algorithms.end(), choice.name) == algorithms.end())
      throw InputError(choice.where, choice.key,
                       "unknown algorithm '" + choice.name + "'; expected " + listed(algorithms) +
                           did_you_mean(choice.name, algorithms));
    fixed[static_cast<std::size_t>(collective - collectives.begin())] = choice.name;
  }
  return fixed;
}

}  // namespace upmem_des
