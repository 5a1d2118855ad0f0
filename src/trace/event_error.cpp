#include "trace/event_error.hpp"

#include "upmem_des/util/error.hpp"

namespace upmem_des {

void event_error(const LayerEvent& event, const std::string& problem) {
  throw InputError(event.type.str() + " '" + event.name.str() + "' (event " + std::to_string(event.seq) +
                   "): " + problem);
}

const Shape& weight_of(const LayerEvent& event) {
  if (!event.weight_shape || event.weight_shape->rank() != 2)
    event_error(event, "no weight_shape of 2 sizes; its cost follows from them");
  return *event.weight_shape;
}

}  // namespace upmem_des
