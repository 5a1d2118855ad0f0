/// Our scheduler beside a trace of vLLM's.
#pragma once

#include <string>

#include "golden_trace.hpp"

namespace upmem_des {

/// Runs the trace's requests through VllmV1 and compares every record, with all that it has. Returns the first
/// difference, or
/// "" where there is none. Of an asynchronous trace the outputs that are processed after the scheduling of a step are
/// those of the step before, or of the last one when nothing was scheduled. Throws std::runtime_error on keys that it
/// does not know.
std::string first_difference(const GoldenTrace& trace);

}  // namespace upmem_des
