/// Changes to a tree that was read from a file.
#pragma once

#include <string>

#include "util/yaml.hpp"

namespace upmem_des {

/// The value of a map's key, to be changed; nullptr where there is none.
YamlNode* find_entry(YamlNode& map, const std::string& name);

/// Puts `change` in place of what stands in `into`, maps key by key. What is put there keeps its own place and key, for
/// messages.
void merge_yaml(YamlNode& into, const YamlNode& change);

}  // namespace upmem_des
