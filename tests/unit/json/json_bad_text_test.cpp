/// Texts that are no JSON, or not what is read: one line each, with the line of the file.
#include <gmock/gmock.h>

#include "json/json_node.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string problem(const std::string& text, int first_line = 1) {
  return input_error([&] { const JsonDocument document(text, "F", "a list of sizes", first_line); });
}

constexpr const char* expected = "; expected a list of sizes";

TEST(JsonBadTextTest, NothingAndWhatIsPacked) {
  EXPECT_EQ(problem(""), std::string("F:1: empty") + expected);
  EXPECT_EQ(problem(" \r\n\t"), std::string("F:1: empty") + expected);
  EXPECT_EQ(problem("\x1f\x8b\x08"), std::string("F:1: compressed") + expected);
}

TEST(JsonBadTextTest, TheEndIsMissing) {
  EXPECT_EQ(problem("["), std::string("F:1: ends in the middle") + expected);
  EXPECT_EQ(problem("{\n\"a\": \"lla"), std::string("F:2: ends in the middle") + expected);
  EXPECT_EQ(problem("{\n\"a\": {\n"), std::string("F:3: ends in the middle") + expected);
  EXPECT_EQ(problem("{\"a\": 1"), std::string("F:1: ends in the middle") + expected);
  EXPECT_EQ(problem("tru"), std::string("F:1: ends in the middle") + expected);
  EXPECT_EQ(problem("\xef\xbb\xbf"), std::string("F:1: ends in the middle") + expected);
}

TEST(JsonBadTextTest, WhatCannotStandThere) {
  EXPECT_EQ(problem("{\n\n\"a\": nul}"), std::string("F:3: not JSON at '\"a\": nul}'") + expected);
  EXPECT_EQ(problem("{\n\"a\": 1,\n}"), std::string("F:3: not JSON at '}'") + expected);
  EXPECT_EQ(problem("[1]\n[2]"), std::string("F:2: not JSON at '['") + expected);
  EXPECT_EQ(problem("[01]"), std::string("F:1: not JSON at '[01'") + expected);
  EXPECT_EQ(problem("[1,\n  'a']"), std::string("F:2: not JSON at '''") + expected);
  EXPECT_EQ(problem("# sizes\n[1]"), std::string("F:1: not JSON at '#'") + expected);
  EXPECT_EQ(problem("{\"a\": NaN}"), std::string("F:1: not JSON at '{\"a\": N'") + expected);
  EXPECT_EQ(problem("[\n-Infinity]"), std::string("F:2: not JSON at '-I'") + expected);
  EXPECT_EQ(problem("[\"a\nb\"]"), std::string("F:1: not JSON at '[\"a\\u000a'") + expected)
      << "a line's end in a text";
  EXPECT_EQ(problem("\xff\xfe["), std::string("F:1: not JSON at '\\xff'") + expected) << "UTF-16";
}

TEST(JsonBadTextTest, BytesThatAreNoUtf8) {
  EXPECT_EQ(problem("[\"\xff\"]"), std::string("F:1: not JSON at '[\"\\xff'") + expected);
  EXPECT_EQ(problem("[\n\"\xc3\x28\"]"), std::string("F:2: not JSON at '\"\\xc3('") + expected);
  EXPECT_EQ(problem("[\"\xed\xa0\x80\"]"), std::string("F:1: not JSON at '[\"\\xed\\xa0'") + expected) << "half a pair";
  EXPECT_EQ(problem("[\"\\ud800\"]"), std::string("F:1: not JSON at '[\"\\ud800\"'") + expected);
}

TEST(JsonBadTextTest, ZeroBytesEndATextThatIsOver) {
  EXPECT_EQ(problem(std::string("[1]\0\0 \n", 7)), "no error");
  EXPECT_EQ(problem(std::string("[1]\n\0[2]", 8)), std::string("F:2: not JSON at '\\u0000['") + expected);
  EXPECT_EQ(problem(std::string("[1,\0 2]", 7)), std::string("F:1: not JSON at '[1,\\u0000'") + expected);
}

TEST(JsonBadTextTest, NumbersThatNoDoubleHolds) {
  EXPECT_EQ(problem("[1,\n1e999\n]"), std::string("F:2: a number beyond 1.8e308") + expected);
  EXPECT_EQ(problem("-1e309"), std::string("F:1: a number beyond 1.8e308") + expected);
  EXPECT_EQ(problem("[" + std::string(400, '9') + "]"), std::string("F:1: a number beyond 1.8e308") + expected);
  EXPECT_EQ(problem("[1.7e308, 1e-999, " + std::string(300, '9') + "]"), "no error");
}

TEST(JsonBadTextTest, DepthIsLimited) {
  const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(problem(nested(max_json_depth)), "no error");
  const std::string deep = std::string("nested more than 100 deep") + expected;
  EXPECT_EQ(problem(nested(max_json_depth + 1)), "F:1: " + deep);
  EXPECT_EQ(problem("\n" + std::string(10'000'000, '[')), "F:2: " + deep);
  std::string objects;
  for (int depth = 0; depth < 200; ++depth) objects += "{\"a\":\n";
  EXPECT_EQ(problem(objects), "F:101: " + deep);
}

TEST(JsonBadTextTest, KeysThatAreGivenTwice) {
  EXPECT_EQ(problem("{\"a\": 1,\n\"b\": 2,\n\"a\": 3}"),
            "F:3: a: duplicate key, first given on line 1; expected it once");
  EXPECT_EQ(problem("{\"x\": [0, {\n\"b\": {},\n\"c\": 1,\n\"b\": 2}]}"),
            "F:4: x[1].b: duplicate key, first given on line 2; expected it once");
  EXPECT_EQ(problem(R"({"a": 1, "\u0061": 2})"), "F:1: a: duplicate key, first given on line 1; expected it once");
  EXPECT_EQ(problem("{\"a\": {\"b\": 1}, \"c\": {\"b\": 1}}"), "no error");
  EXPECT_EQ(problem("{\"\": 1, \"\": 1}", 0), "F: duplicate key; expected it once");
  std::string many = "{\"x\": {";
  for (int i = 0; i < 1000; ++i) many += "\"number " + std::to_string(i) + "\": 0,\n";
  EXPECT_EQ(problem(many + "\"number 7\": 1}}"),
            "F:1001: x.number 7: duplicate key, first given on line 8; expected it once");
  EXPECT_EQ(problem(many + "\"number\": 1}}"), "no error");
}

TEST(JsonBadTextTest, LinesBeginWhereTheTextDoesAndBytesAreToldWhereThereAreNone) {
  EXPECT_EQ(problem("[\n}", 70), std::string("F:71: not JSON at '}'") + expected);
  EXPECT_EQ(problem("[\n}", 0), std::string("F: not JSON from its byte 3 on, at '}'") + expected);
  EXPECT_EQ(problem("[\n", 0), std::string("F: ends in the middle") + expected);
}

TEST(JsonBadTextTest, LongLinesAreCutBetweenCharacters) {
  EXPECT_EQ(problem("[\"" + std::string(100, 'a') + "\n\"]"),
            "F:1: not JSON at '" + std::string(59, 'a') + "\\u000a'" + expected);
  std::string umlauts;
  for (int i = 0; i < 50; ++i) umlauts += "ü";
  // 60 bytes: the line's end, and 59 before it, of which the first is the second half of a character.
  EXPECT_EQ(problem("[\"" + umlauts + "\n\"]"), "F:1: not JSON at '" + umlauts.substr(0, 58) + "\\u000a'" + expected);
}

TEST(JsonBadTextTest, MoreThanAPlaceCanSay) {
  const std::string_view beyond("[]", std::size_t{1} << 32U);  // is not looked at
  EXPECT_EQ(input_error([&] { const JsonDocument document(beyond, "F", "a list of sizes"); }),
            std::string("F: larger than 4 GiB") + expected);
}

}  // namespace
