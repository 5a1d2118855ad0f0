#include "token_pipeline/pieces.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "unicode/utf8.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

struct Part {
  TextRange range;
  bool is_match = false;
};

std::vector<Part> parts_of(std::string_view text, const Matcher& matcher, bool is_inverted) {
  std::vector<Part> parts;
  std::size_t at = 0;
  for (const TextRange& match : matcher(text)) {
    if (at != match.begin) parts.push_back({{at, match.begin}, is_inverted});
    parts.push_back({match, !is_inverted});
    at = match.end;
  }
  if (at != text.size()) parts.push_back({{at, text.size()}, is_inverted});
  return parts;
}

/// Puts each part into the one before it where `joins(part, the one before is a match)` says so.
template <typename Joins>
std::vector<TextRange> joined(const std::vector<Part>& parts, const Joins& joins) {
  std::vector<TextRange> ranges;
  bool after_match = false;
  for (const Part& part : parts) {
    if (joins(part, after_match) && !ranges.empty())
      ranges.back() = {std::min(ranges.back().begin, part.range.begin), std::max(ranges.back().end, part.range.end)};
    else
      ranges.push_back(part.range);
    after_match = part.is_match;
  }
  return ranges;
}

std::vector<TextRange> behave(std::vector<Part> parts, SplitBehaviour behaviour) {
  const auto is_lone_match = [](const Part& part, bool after_match) { return part.is_match && !after_match; };
  switch (behaviour) {
    case SplitBehaviour::Removed:
      parts.erase(std::remove_if(parts.begin(), parts.end(), [](const Part& part) { return part.is_match; }),
                  parts.end());
      break;
    case SplitBehaviour::Contiguous:
      return joined(parts, [](const Part& part, bool after_match) { return part.is_match == after_match; });
    case SplitBehaviour::MergedWithPrevious:
      return joined(parts, is_lone_match);
    case SplitBehaviour::MergedWithNext: {
      std::reverse(parts.begin(), parts.end());
      std::vector<TextRange> ranges = joined(parts, is_lone_match);
      std::reverse(ranges.begin(), ranges.end());
      return ranges;
    }
    case SplitBehaviour::Isolated:
      break;
  }
  return joined(parts, [](const Part&, bool) { return false; });
}

}  // namespace

SplitBehaviour split_behaviour(const JsonNode& component, const std::string& key) {
  static const std::vector<std::string> names{"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext",
                                              "Contiguous"};
  const std::string name = component.at(key).text();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) component.fail(key, "'" + name + "' is not known; expected " + listed(names));
  return static_cast<SplitBehaviour>(found - names.begin());
}

Matcher each_character(std::function<bool(char32_t)> is_one) {
  return [is_one = std::move(is_one)](std::string_view text) {
    std::vector<TextRange> matches;
    for (std::size_t at = 0; at < text.size();) {
      const Utf8Step step = utf8_step(text, at);
      if (is_one(step.code_point)) matches.push_back({at, at + step.length});
      at += step.length;
    }
    return matches;
  };
}

void split(std::vector<Piece>& pieces, const Matcher& matcher, SplitBehaviour behaviour, bool is_inverted) {
  std::vector<Piece> cut;
  for (const Piece& piece : pieces)
    for (const TextRange& range : behave(parts_of(piece.text, matcher, is_inverted), behaviour))
      if (range.begin < range.end)
        cut.push_back({piece.text.substr(range.begin, range.end - range.begin), piece.is_first && range.begin == 0});
  pieces = std::move(cut);
}

}  // namespace upmem_des
