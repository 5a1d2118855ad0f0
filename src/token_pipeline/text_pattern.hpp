/// Patterns that texts are split at or replaced by.
#pragma once

#include <string>

#include "token_pipeline/json_parts.hpp"
#include "unicode/regex.hpp"

namespace upmem_des {

/// Of {"String": "…"} or {"Regex": "…"}, the value of "pattern".
Regex text_pattern(const JsonNode& component);

/// The text with every match replaced.
std::string replace_all(const Regex& pattern, const std::string& text, const std::string& content);

}  // namespace upmem_des
