/// A text cut into pieces.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "token_pipeline/json_parts.hpp"
#include "unicode/regex.hpp"

namespace upmem_des {

/// A piece of the text, never empty.
struct Piece {
  std::string text;
  bool is_first = false;  ///< the whole text begins with it
};

/// What becomes of the matches that a text is split at.
enum class SplitBehaviour { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// Of "behavior" or another key.
SplitBehaviour split_behaviour(const JsonNode& component, const std::string& key);

/// The matches of a text.
using Matcher = std::function<std::vector<TextRange>(std::string_view)>;

/// Every character by itself that is one of those.
Matcher each_character(std::function<bool(char32_t)> is_one);

/// Cuts every piece where the matches begin and end. Inverted, matches are what lies between those found.
void split(std::vector<Piece>& pieces, const Matcher& matcher, SplitBehaviour behaviour, bool is_inverted = false);

}  // namespace upmem_des
