/// Checks that all cost models share.
#pragma once

#include <string>

#include "cost/cost_model.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

/// Throws InputError "<type> '<name>' (event <seq>): <problem>".
[[noreturn]] void event_error(const LayerEvent& event, const std::string& problem);

/// The sizes [first, second] of a layer's weight. Throws InputError unless there are two.
const Shape& weight_of(const LayerEvent& event);

/// Throws InputError unless KV heads and sliding window, where given, are 1 or more.
void check_options(const CostOptions& options);

}  // namespace upmem_des
