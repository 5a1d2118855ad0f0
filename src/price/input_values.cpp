#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

double InputValues::operator()(const ValueRange& input) const {
  const auto set = values_.find(&input);
  return set == values_.end() ? input.mid : set->second;
}

}  // namespace upmem_des
