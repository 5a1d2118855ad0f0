/// What is to be taken for something, by names.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

struct YamlNode;

/// `name` is to be taken for `of`.
struct NamedChoice {
  std::string of;
  std::string name;
  SourceLocation where;
  std::string key;  ///< "collectives.all_reduce"
};

/// Of a map, in the file's order. Throws InputError on values that are no text.
std::vector<NamedChoice> read_named_choices(const YamlNode& map);

}  // namespace upmem_des
