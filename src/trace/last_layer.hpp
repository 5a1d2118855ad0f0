/// The layer that ends a forward pass, where nobody says which.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// Reads a trace to its end, or to its first lm_head: "lm_head" where a layer has this name, else the path (the name,
/// where there is no path) of the last layer that is called exactly once in the first pass (step 0); "" where there is
/// none. A text counts as called wherever it is a layer's path or name. Throws InputError as the source does.
std::string last_layer_of(EventSource& source);

/// Of whole passes that are in memory: the same layer, where every pass calls it just once after all its other layers;
/// else "".
std::string last_layer_in(const std::vector<LayerEvent>& events);

}  // namespace upmem_des
