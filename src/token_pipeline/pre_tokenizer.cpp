#include "token_pipeline/pre_tokenizer.hpp"

#include <map>

#include "token_pipeline/byte_letters.hpp"
#include "token_pipeline/text_pattern.hpp"
#include "unicode/characters.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

using Maker = PreTokenizer (*)(const JsonNode&);

/// GPT-2's.
constexpr const char* byte_level_pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
/// Words and what is between them, Unicode's join controls among the letters.
constexpr const char* word_pattern = R"([\w\u200c\u200d]+|[^\w\s\u200c\u200d]+)";

bool begins_with(const std::string& text, const std::string& begin) {
  return text.compare(0, begin.size(), begin) == 0;
}

Matcher matches_of(const Regex& pattern) {
  return [pattern](std::string_view text) { return pattern.find_all(text); };
}

/// Cuts at characters of a kind.
PreTokenizer at_each(std::function<bool(char32_t)> is_one, SplitBehaviour behaviour) {
  return [matcher = each_character(std::move(is_one)), behaviour](std::vector<Piece>& pieces) {
    split(pieces, matcher, behaviour);
  };
}

PreTokenizer make_byte_level(const JsonNode& component) {
  const Matcher matcher = matches_of(Regex(byte_level_pattern));
  return [adds_space = component.truth("add_prefix_space", true), cuts = component.truth("use_regex", true),
          matcher](std::vector<Piece>& pieces) {
    for (Piece& piece : pieces)
      if (adds_space && piece.text.front() != ' ') piece.text.insert(0, 1, ' ');
    if (cuts) split(pieces, matcher, SplitBehaviour::Isolated);
    for (Piece& piece : pieces) piece.text = byte_letters(piece.text);
  };
}

PreTokenizer make_split(const JsonNode& component) {
  return [matcher = matches_of(text_pattern(component)), behaviour = split_behaviour(component, "behavior"),
          is_inverted = component.truth("invert", false)](std::vector<Piece>& pieces) {
    split(pieces, matcher, behaviour, is_inverted);
  };
}

PreTokenizer make_digits(const JsonNode& component) {
  return at_each(&is_numeric,
                 component.truth("individual_digits", false) ? SplitBehaviour::Isolated : SplitBehaviour::Contiguous);
}

PreTokenizer make_punctuation(const JsonNode& component) {
  return at_each(&is_punctuation_or_ascii_symbol,
                 component.find("behavior") ? split_behaviour(component, "behavior") : SplitBehaviour::Isolated);
}

PreTokenizer make_white_space(const JsonNode& /*component*/) {
  return [matcher = matches_of(Regex(word_pattern))](std::vector<Piece>& pieces) {
    split(pieces, matcher, SplitBehaviour::Removed, true);
  };
}

PreTokenizer make_white_space_split(const JsonNode& /*component*/) {
  return at_each(&is_white_space, SplitBehaviour::Removed);
}

PreTokenizer make_bert(const JsonNode& component) {
  return [spaces = make_white_space_split(component),
          marks = at_each(&is_punctuation_or_ascii_symbol, SplitBehaviour::Isolated)](std::vector<Piece>& pieces) {
    spaces(pieces);
    marks(pieces);
  };
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the analyser loses the functions that the returned one holds

PreTokenizer make_character_split(const JsonNode& component) {
  return at_each([delimiter = character_of(component, "delimiter")](char32_t at) { return at == delimiter; },
                 SplitBehaviour::Removed);
}

PreTokenizer make_metaspace(const JsonNode& component) {
  const char32_t replacement = character_of(component, "replacement");
  return
      [mark = utf8_text(replacement), scheme = prepend_scheme(component), cuts = component.truth("split", true),
       space = Regex::literal(" "),
       matcher = each_character([replacement](char32_t at) { return at == replacement; })](std::vector<Piece>& pieces) {
        for (Piece& piece : pieces) {
          piece.text = replace_all(space, piece.text, mark);
          const bool is_prepended = scheme == "always" || (scheme == "first" && piece.is_first);
          if (is_prepended && !begins_with(piece.text, mark)) piece.text.insert(0, mark);
        }
        if (cuts) split(pieces, matcher, SplitBehaviour::MergedWithNext);
      };
}

PreTokenizer make_sequence(const JsonNode& component) {
  std::vector<PreTokenizer> parts;
  for (const JsonNode& part : component.at("pretokenizers").items()) parts.push_back(make_pre_tokenizer(part));
  return [parts](std::vector<Piece>& pieces) {
    for (const PreTokenizer& part : parts) part(pieces);
  };
}

}  // namespace

std::string prepend_scheme(const JsonNode& component) {
  if (!component.truth("add_prefix_space", true)) return "never";
  std::string scheme = component.text("prepend_scheme", "always");
  if (scheme != "always" && scheme != "first" && scheme != "never")
    component.fail("prepend_scheme", "'" + scheme + "' is not known; expected always, first or never");
  return scheme;
}

PreTokenizer make_pre_tokenizer(const JsonNode& component) {
  static const std::map<std::string, Maker> makers{{"BertPreTokenizer", &make_bert},
                                                   {"ByteLevel", &make_byte_level},
                                                   {"CharDelimiterSplit", &make_character_split},
                                                   {"Digits", &make_digits},
                                                   {"Metaspace", &make_metaspace},
                                                   {"Punctuation", &make_punctuation},
                                                   {"Sequence", &make_sequence},
                                                   {"Split", &make_split},
                                                   {"Whitespace", &make_white_space},
                                                   {"WhitespaceSplit", &make_white_space_split}};
  return made_by_type(makers, component);
}

}  // namespace upmem_des
