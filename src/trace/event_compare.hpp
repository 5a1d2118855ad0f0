/// Events side by side.
#pragma once

#include <string>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// "" if the events are equal in every field, else the first that differs: "seq 12: input_shape: [1, 2] against
/// [1, 3]". With `ignore_map_key` the map_key does not count. Times must be equal exactly; absent fields show as
/// "none".
std::string first_difference(const LayerEvent& a, const LayerEvent& b, bool ignore_map_key = false);

bool operator==(const LayerEvent& a, const LayerEvent& b);
inline bool operator!=(const LayerEvent& a, const LayerEvent& b) {
  return !(a == b);
}

}  // namespace upmem_des
