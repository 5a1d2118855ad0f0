/// Results of served requests side by side.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// A result, and what it is called. The result has to live as long as this.
struct NamedServing {
  std::string name;
  const ServingRun* run = nullptr;
};

/// What they were run with, as compared_runs_text() has it; then a column for each and after each but the first its
/// ratio to the first, as comparison_text() has them: times, rates, the cache and energy.
std::string served_comparison_text(const std::vector<NamedServing>& results);

}  // namespace upmem_des
