#include "unicode/regex.hpp"

#include <gmock/gmock.h>

#include "unicode/oniguruma_pattern.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

std::vector<std::string> found(const std::string& pattern, const std::string& text) {
  std::vector<std::string> matches;
  for (const TextRange& match : Regex(pattern).find_all(text))
    matches.push_back(text.substr(match.begin, match.end - match.begin));
  return matches;
}

std::string problem(const std::string& pattern) {
  try {
    const Regex regex(pattern);
  } catch (const RegexError& error) {
    return error.what();
  }
  return "";
}

TEST(RegexTest, FindsWhatOnigurumaFinds) {
  EXPECT_THAT(found(R"(\s+(?!\S)|\s+)", "a   b  "), ElementsAre("  ", " ", "  "));
  EXPECT_THAT(found(R"((?i:'s|'ll))", "it'S we'Ll 'ſ"), ElementsAre("'S", "'Ll", "'ſ"));
  EXPECT_THAT(found(R"(\p{L}+)", "añ中1x"), ElementsAre("añ中", "x"));
  EXPECT_THAT(found(R"(^.|.$)", "ab\ncd"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(found(R"((?m)a.b)", "a\nb"), ElementsAre("a\nb"));
  EXPECT_THAT(found(R"(\h{2})", "xFfg0a"), ElementsAre("Ff", "0a"));
  EXPECT_THAT(found(R"([\u4e00-\u9fa5]+)", "x中文y"), ElementsAre("中文"));
  EXPECT_THAT(found(R"(\p{Han}|\p{^L})", "中a、"), ElementsAre("中", "、"));  // not what scripts share
  EXPECT_THAT(found(R"([[:alpha:]_]+)", "a_é-b"), ElementsAre("a_é", "b"));
}

TEST(RegexTest, BlanksAndLettersAreUnicodes) {
  EXPECT_THAT(found(R"(\s)", "\u0085\u180e\u3000"), ElementsAre("\u0085", "\u3000"));
  EXPECT_THAT(found(R"(\w+)", "नमस्ते e\u0301_‿ ½"), ElementsAre("नमस्ते", "e\u0301_‿"));
  EXPECT_THAT(found(R"(\b.)", "né x"), ElementsAre("n", " ", "x"));
}

TEST(RegexTest, IntervalsAreNeitherPossessiveNorLazyWhereFixed) {
  EXPECT_EQ(pcre2_pattern("a{2}+"), "(?:a{2})+");
  EXPECT_EQ(pcre2_pattern("x(ab){1,2}+"), "x(?:(ab){1,2})+");
  EXPECT_EQ(pcre2_pattern("[ab]{,2}c{2}?d{1,2}?"), "[ab]{0,2}(?:c{2})?d{1,2}?");
  EXPECT_EQ(pcre2_pattern("{a}"), "\\{a}");
  EXPECT_THAT(found("a{2}+", "aaaaa"), ElementsAre("aaaa"));
}

TEST(RegexTest, EmptyMatchesAreFoundButBehindAMatch) {
  const std::vector<TextRange> ranges = Regex("b*").find_all("abb中");
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (const TextRange& range : ranges) places.emplace_back(range.begin, range.end);
  EXPECT_THAT(places, ElementsAre(std::pair(0U, 0U), std::pair(1U, 3U), std::pair(6U, 6U)));
}

TEST(RegexTest, LiteralsAreTakenAsTheyAre) {
  EXPECT_EQ(Regex::literal("a.(b)[-]{1}|\\é").find_all("xa.(b)[-]{1}|\\éa").size(), 1U);
}

TEST(RegexTest, WhatIsNotKnownIsRefused) {
  const auto refused = [](const std::string& pattern, const std::string& why) {
    EXPECT_EQ(problem(pattern), "the regular expression '" + pattern + "' is not supported (" + why + ")");
  };
  refused("[a[b]]", "a set in a set");
  refused("[a", "a set without end");
  refused("(?~ab)", "a group of a kind that is not known");
  refused("(?R)", "a group of a kind that is not known");
  refused("(*FAIL)", "(*");
  refused("(a)\\1", "\\1");
  refused("\\k<a>", "\\k");
  refused("a)", "a ) without (");
  refused("\\p{Nothing}", "unknown property after \\P or \\p");
  refused("[[:graph:]]", "[:graph:]");
  refused("\\xff", "\\xff");
  refused("a\\", "a \\ at the end");
  EXPECT_EQ(problem(std::string(70'000, 'a')), "a regular expression of 70000 bytes; expected at most 65536");
}

TEST(RegexTest, MatchingHasAnEnd) {
  EXPECT_THROW(Regex("(a+)+$").find_all(std::string(64, 'a') + "b"), RegexError);
  // Long texts are none of it.
  EXPECT_EQ(Regex(R"([^\s]+|\s+)").find_all(std::string(3'000'000, 'a')).size(), 1U);
}

}  // namespace
