/// What a run that served requests found, for people.
#pragma once

#include <string>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Latencies, rates, the cache and energy as tables; what is unusual, a line each.
std::string serving_text(const ServingRun& run);

}  // namespace upmem_des
