#include "model/config_json.hpp"

#include <utility>

namespace upmem_des {

namespace {

constexpr const char* expected_config = "a JSON object";

/// Infinity is no JSON: a number as long in its place.
std::string with_numbers(std::string_view text) {
  constexpr std::string_view word = "Infinity";
  constexpr std::string_view number = "1e308   ";
  std::string all(text);
  bool in_text = false;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (in_text && all[at] == '\\')
      ++at;
    else if (all[at] == '"')
      in_text = !in_text;
    else if (!in_text && all.compare(at, word.size(), word) == 0)
      all.replace(at, word.size(), number);
  }
  return all;
}

/// A file, and a value in it.
struct KeptNode {
  std::shared_ptr<const void> file;
  JsonNode node;
};

}  // namespace

std::shared_ptr<const JsonNode> read_config_json(std::string_view text, const std::string& origin) {
  const auto document = std::make_shared<const JsonDocument>(with_numbers(text), origin, expected_config);
  const JsonNode root = document->root();
  if (!root.is_object()) root.fail("the file holds no JSON object; expected {\"model_type\": …}");
  return part_of(document, root);
}

std::shared_ptr<const JsonNode> part_of(std::shared_ptr<const void> document, JsonNode part) {
  const auto both = std::make_shared<const KeptNode>(KeptNode{std::move(document), part});
  return {both, &both->node};
}

}  // namespace upmem_des
