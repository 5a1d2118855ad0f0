#include "util/yaml_merge.hpp"

#include <algorithm>

namespace upmem_des {

YamlNode* find_entry(YamlNode& map, const std::string& name) {
  const auto found =
      std::find_if(map.entries.begin(), map.entries.end(), [&](const auto& entry) { return entry.first == name; });
  return found == map.entries.end() ? nullptr : &found->second;
}

void merge_yaml(YamlNode& into, const YamlNode& change) {
  if (into.kind != YamlNode::Kind::Map || change.kind != YamlNode::Kind::Map) {
    into = change;
    return;
  }
  for (const auto& [name, value] : change.entries) {
    if (YamlNode* known = find_entry(into, name))
      merge_yaml(*known, value);
    else
      into.entries.emplace_back(name, value);
  }
}

}  // namespace upmem_des
