#include "cost/checks.hpp"

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

void check_positive(const char* key, const std::optional<std::int64_t>& value) {
  if (value && *value < 1) throw InputError({}, key, std::to_string(*value) + "; expected 1 or more");
}

}  // namespace

void check_options(const CostOptions& options) {
  check_positive("num_key_value_heads", options.num_key_value_heads);
  check_positive("sliding_window", options.sliding_window);
}

}  // namespace upmem_des
