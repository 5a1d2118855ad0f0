#include "trace/name_cache.hpp"

#include <functional>

namespace upmem_des {

Name NameCache::find(std::string_view text) {
  Name& name = names_[std::hash<std::string_view>{}(text) % slots];
  if (name != text) name = Name(text);
  return name;
}

}  // namespace upmem_des
