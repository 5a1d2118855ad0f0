/// What the parts of a tokenizer.json have in common. Of this room alone.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_node.hpp"

namespace upmem_des {

/// More than any token's id.
constexpr std::int64_t max_token_id = std::numeric_limits<std::int32_t>::max();

/// A member that is a text of one character. Throws InputError on another.
char32_t character_of(const JsonNode& part, std::string_view key);

/// Throws InputError that refuses the part's type and names those that are known.
[[noreturn]] void fail_type(const JsonNode& part, const std::vector<std::string>& known);

/// What the maker of `type` makes of the part. Throws InputError where `makers` has none of that type.
template <class Made>
Made made_by_type(const std::map<std::string, Made (*)(const JsonNode&)>& makers, const JsonNode& part,
                  const std::string& type) {
  const auto found = makers.find(type);
  if (found != makers.end()) return found->second(part);
  std::vector<std::string> known;
  for (const auto& [name, maker] : makers) known.push_back(name);
  fail_type(part, known);
}

/// The same by its "type".
template <class Made>
Made made_by_type(const std::map<std::string, Made (*)(const JsonNode&)>& makers, const JsonNode& part) {
  return made_by_type(makers, part, part.at("type").text());
}

}  // namespace upmem_des
