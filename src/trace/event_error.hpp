/// Events that make no sense to whoever prices or counts them.
#pragma once

#include <string>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Throws InputError "<type> '<name>' (event <seq>): <problem>".
[[noreturn]] void event_error(const LayerEvent& event, const std::string& problem);

/// The sizes [first, second] of a layer's weight. Throws InputError unless there are two.
const Shape& weight_of(const LayerEvent& event);

}  // namespace upmem_des
