/// Checks that all cost models share.
#pragma once

#include "trace/event_error.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

/// Throws InputError unless KV heads and sliding window, where given, are 1 or more.
void check_options(const CostOptions& options);

}  // namespace upmem_des
