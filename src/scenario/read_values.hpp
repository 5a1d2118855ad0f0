/// Values that several sections have. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/ranges.hpp"
#include "upmem_des/number/number_format.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

inline std::optional<NumberFormat> read_number_format(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  if (const std::optional<NumberFormat> format = parse_number_format(node->scalar)) return format;
  return parse_number_format(yaml_choice(*node, number_format_names()));
}

template <class Value>
void read_choice(YamlMap& map, const std::string& key, const std::vector<std::string>& names,
                 std::optional<Value> (*parse)(std::string_view), Value& value) {
  if (const YamlNode* node = map.optional(key)) value = *parse(yaml_choice(*node, names));
}

inline void read_truth(YamlMap& map, const std::string& key, bool& value) {
  if (const YamlNode* node = map.optional(key)) value = yaml_truth(*node);
}

inline std::optional<std::int64_t> read_count(YamlMap& map, const std::string& key) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return yaml_integer(*node, 1, largest_count);
}

}  // namespace upmem_des
