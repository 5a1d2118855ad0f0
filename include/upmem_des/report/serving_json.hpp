/// What a run that served requests found, as JSON. docs/serving.md describes it.
#pragma once

#include <string>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// The document, ending in a newline. What is not defined (percentiles of nothing) is null.
std::string serving_json(const ServingRun& run);

/// The same in a file. Throws InputError when it cannot be written.
void write_json(const ServingRun& run, const std::string& path);

}  // namespace upmem_des
