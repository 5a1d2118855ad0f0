#include "upmem_des/util/named_choice.hpp"

#include "util/yaml.hpp"

namespace upmem_des {

std::vector<NamedChoice> read_named_choices(const YamlNode& map) {
  if (map.kind != YamlNode::Kind::Map) yaml_error(map, "no map; expected names with what is to be taken for each");
  std::vector<NamedChoice> choices;
  for (const auto& [of, node] : map.entries) choices.push_back({of, yaml_text(node), node.where, node.key});
  return choices;
}

}  // namespace upmem_des
