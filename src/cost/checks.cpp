#include "cost/checks.hpp"

#include "util/error.hpp"

namespace upmem_des {

namespace {

void check_positive(const char* key, const std::optional<std::int64_t>& value) {
  if (value && *value < 1) throw InputError({}, key, std::to_string(*value) + "; expected 1 or more");
}

}  // namespace

void event_error(const LayerEvent& event, const std::string& problem) {
  throw InputError(event.type.str() + " '" + event.name.str() + "' (event " + std::to_string(event.seq) +
                   "): " + problem);
}

const Shape& weight_of(const LayerEvent& event) {
  if (!event.weight_shape || event.weight_shape->rank() != 2)
    event_error(event, "no weight_shape of 2 sizes; its cost follows from them");
  return *event.weight_shape;
}

void check_options(const CostOptions& options) {
  check_positive("num_key_value_heads", options.num_key_value_heads);
  check_positive("sliding_window", options.sliding_window);
}

}  // namespace upmem_des
