/// Results side by side.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A result, and what heads its column. The result has to live as long as this.
struct NamedResult {
  std::string name;
  const SimulationResult* result = nullptr;
};

/// A column for each result and after each but the first its ratio to the first ("-" where that is 0): time, energy and
/// power of the run and of each phase, tokens/s, energy per token, energy by part and moved bytes (those that a result
/// has), and the most memory that a device has to hold. Four results stand side by side; more make more tables, each
/// with the first result in front. Numbers of a row share one unit.
std::string comparison_text(const std::vector<NamedResult>& results);

}  // namespace upmem_des
