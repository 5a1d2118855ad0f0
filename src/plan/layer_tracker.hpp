/// Which decoder layer an event belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "upmem_des/util/name.hpp"

namespace upmem_des {

struct LayerEvent;

/// Reads a stream in order. An event's decoder layer is the first part of its path that is a number:
/// "model.layers.12.self_attn.q_proj" is in layer 12. A function without a path belongs to the layer of the event
/// before it. All other events belong to none: "lm_head", a layer without a path, a number that no std::int64_t holds.
class LayerTracker {
 public:
  std::optional<std::int64_t> layer_of(const LayerEvent& event);

  /// Of the latest event; below 0: none.
  std::int64_t current() const { return current_; }

 private:
  std::int64_t number_in(Name path);

  std::vector<std::int64_t> numbers_;  // by Name::index() of the path; below 0 where there is none or it was not read
  std::int64_t current_ = -1;          // of the latest event; below 0: none
};

}  // namespace upmem_des
