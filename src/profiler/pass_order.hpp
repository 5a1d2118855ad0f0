/// A pass begins when the one before has ended. Internal to the room.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::profiler {

/// Makes events that read nothing of their own pass wait for the ends of the pass before: for its events on which none
/// of it depends. To be given all events of a trace, in their order.
class PassOrder {
 public:
  void fill(std::vector<LayerEvent>& events) {
    for (LayerEvent& event : events) fill(event);
  }
  void fill(LayerEvent& event);

 private:
  std::int64_t step_ = 0;
  std::int64_t first_ = 0;          ///< seq of the step's first event
  std::set<std::int64_t> open_;     ///< the step's events on which none depends yet
  std::vector<std::int64_t> ends_;  ///< of the step before
};

}  // namespace upmem_des::profiler
