#include "token_pipeline/json_parts.hpp"

#include "unicode/utf8.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

char32_t character_of(const JsonNode& part, std::string_view key) {
  const JsonNode text = part.at(key);
  const std::u32string points = code_points(text.text());
  if (points.size() != 1) text.fail(text.shown() + "; expected one character");
  return points.front();
}

void fail_type(const JsonNode& part, const std::vector<std::string>& known) {
  const JsonNode type = part.at("type");
  type.fail(type.shown() + " is not supported; expected " + listed(known) + did_you_mean(type.text(), known));
}

}  // namespace upmem_des
