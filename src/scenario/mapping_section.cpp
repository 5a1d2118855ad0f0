#include "scenario/mapping_section.hpp"

#include <algorithm>
#include <array>

namespace upmem_des {

const std::vector<std::string>& split_names() {
  static const std::vector<std::string> names{"tensor", "experts", "replicas"};
  return names;
}

bool is_reserved_in_mapping(const std::string& name) {
  constexpr std::array<const char*, 5> reserved{"default", "experts", "layers", "prefill", "decode"};
  return std::find(reserved.begin(), reserved.end(), name) != reserved.end();
}

}  // namespace upmem_des
