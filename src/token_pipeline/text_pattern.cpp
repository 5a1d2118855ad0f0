#include "token_pipeline/text_pattern.hpp"

namespace upmem_des {

Regex text_pattern(const JsonNode& component) {
  const JsonNode pattern = component.at("pattern");
  // Old files have the text alone.
  if (pattern.is_text()) return Regex::literal(pattern.text());
  if (pattern.find("String")) {
    if (pattern.at("String").text().empty()) pattern.fail("String", "empty");
    return Regex::literal(pattern.at("String").text());
  }
  try {
    return Regex(pattern.at("Regex").text());
  } catch (const RegexError& error) {
    pattern.fail("Regex", error.what());
  }
}

std::string replace_all(const Regex& pattern, const std::string& text, const std::string& content) {
  if (text.empty()) return text;
  std::string replaced;
  std::size_t at = 0;
  for (const TextRange& match : pattern.find_all(text)) {
    replaced.append(text, at, match.begin - at);
    replaced += content;
    at = match.end;
  }
  replaced.append(text, at, std::string::npos);
  return replaced;
}

}  // namespace upmem_des
