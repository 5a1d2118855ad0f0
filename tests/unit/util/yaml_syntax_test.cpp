/// parse_yaml: the tree, and every message of a text that is none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "support/temporary_folder.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = YamlNode::Kind;

namespace {

std::string parsing_error(const std::string& text) {
  return input_error([&] { parse_yaml(text, "F"); });
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// Ends in an error or not, but within `seconds`; generous, since test machines are slow and sanitizers slower.
std::string soon(const std::string& text, int seconds = 20) {
  const auto start = std::chrono::steady_clock::now();
  std::string message = parsing_error(text);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(seconds));
  return message;
}

}  // namespace

TEST(YamlSyntaxTest, Tree) {
  const YamlNode root = parse_yaml("# comment\na: 1\nb:\n  c: [x, 'y z', \"1\"]\n  d:\n    - {e: 0.5}\n", "F");
  ASSERT_EQ(root.kind, Kind::Map);
  EXPECT_EQ(root.key, "");
  ASSERT_EQ(root.entries.size(), 2U);
  const YamlNode& a = *root.find("a");
  EXPECT_EQ(a.kind, Kind::Scalar);
  EXPECT_EQ(a.scalar, "1");
  EXPECT_FALSE(a.quoted);
  EXPECT_EQ(a.key, "a");
  EXPECT_EQ(a.where.str(), "F:2");
  const YamlNode& c = *root.find("b")->find("c");
  ASSERT_EQ(c.items.size(), 3U);
  EXPECT_EQ(c.where.str(), "F:4");
  EXPECT_EQ(c.items[1].scalar, "y z");
  EXPECT_EQ(c.items[1].key, "b.c[1]");
  EXPECT_TRUE(c.items[1].quoted);
  EXPECT_TRUE(c.items[2].quoted);
  const YamlNode& e = *root.find("b")->find("d")->items[0].find("e");
  EXPECT_EQ(e.key, "b.d[0].e");
  EXPECT_EQ(e.where.str(), "F:6");
  EXPECT_EQ(root.find("z"), nullptr);
}

TEST(YamlSyntaxTest, EmptyTextsAreNull) {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~", "null", "# a\n---\n# b\n...\n"}) {
    const YamlNode node = parse_yaml(text, "F");
    EXPECT_EQ(node.kind, Kind::Null) << text;
    EXPECT_EQ(node.where.file, "F") << text;
  }
}

TEST(YamlSyntaxTest, EmptyValuesAreNullAndEmptyQuotesAreText) {
  const YamlNode root = parse_yaml("a:\nb: ''\nc: ~\nd: {}\ne: []\n", "F");
  EXPECT_EQ(root.find("a")->kind, Kind::Null);
  EXPECT_EQ(root.find("a")->where.str(), "F:1");
  EXPECT_EQ(root.find("b")->kind, Kind::Scalar);
  EXPECT_EQ(root.find("c")->kind, Kind::Null);
  EXPECT_EQ(root.find("d")->kind, Kind::Map);
  EXPECT_EQ(root.find("e")->kind, Kind::Sequence);
}

TEST(YamlSyntaxTest, AliasesAreFollowed) {
  const YamlNode root = parse_yaml("a: &x {k: 1}\nb: *x\n", "F");
  ASSERT_NE(root.find("b")->find("k"), nullptr);
  EXPECT_EQ(root.find("b")->find("k")->scalar, "1");
  EXPECT_EQ(root.find("b")->find("k")->key, "b.k");
}

TEST(YamlSyntaxTest, WindowsLineEndsAndByteOrderMarks) {
  const YamlNode root = parse_yaml(
      "\xef\xbb\xbf"
      "a: 1\r\nb: x\r\n",
      "F");
  ASSERT_NE(root.find("a"), nullptr);
  EXPECT_EQ(root.find("b")->scalar, "x");
  EXPECT_EQ(root.find("b")->where.line, 2);
}

TEST(YamlSyntaxTest, Messages) {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {std::string("a: 1\0", 5), "F: not a text file; expected YAML"},
      {std::string("\x7f"
                   "ELF\x02\x01\x01\0\0",
                   9),
       "F: not a text file; expected YAML"},
      {"a: 1\n---\nb: 2\n", "F:2: a second document; expected one"},
      {"a: 1\n...\nb: 2\n", "F:3: a second document; expected one"},
      {"{a: 1}\n---\n", "F:2: a second document; expected one"},
      {"'a' 'b'\n", "F:1: a second document; expected one"},
      {",t", "F:1: not YAML: a comma outside of a list or mapping"},
      {"# a\n---\n , b", "F:3: not YAML: a comma outside of a list or mapping"},
      {"[a],b", "F:1: not YAML: a comma outside of a list or mapping"},
      {"&a ,", "F:1: not YAML: a comma outside of a list or mapping"},
      {"a: ,t\n", "F:1: not YAML: end of map not found"},
      {"- ,t\n", "F:1: not YAML: end of sequence not found"},
      {"a: 1\nb:\n  c: 1\n  c: 2\n", "F:4: b.c: duplicate key, first given on line 3; expected it once"},
      {"a: 1\n'a': 2\n", "F:2: a: duplicate key, first given on line 1; expected it once"},
      {"l:\n- {a: 1, a: 2}\n", "F:2: l[0].a: duplicate key, first given on line 2; expected it once"},
      {"[a]: 1\n", "F:1: a key that is no plain text; expected a name"},
      {"a:\n  ? {b: 1}\n  : 2\n", "F:2: a: a key that is no plain text; expected a name"},
      {"~: 1\n", "F:1: a key that is no plain text; expected a name"},
      {"'': 1\n", "F:1: a key that is no plain text; expected a name"},
      {": 1\n", "F:1: a key that is no plain text; expected a name"},
      {"a: {b: 1,\n  c: [1, 2\n", "F:3: not YAML: end of sequence flow not found"},
      {"a: {b: 1,\n", "F:2: not YAML: end of map flow not found"},
      {"a: {b: 1]\n", "F:1: not YAML: illegal flow end"},
      {"a: ]\n", "F:1: not YAML: illegal flow end"},
      {"a: 1\n b: 2\n", "F:2: not YAML: illegal map value"},
      {"a: b: c\n", "F:1: not YAML: illegal map value"},
      {"a:\n  - 1\n b: 2\n", "F:3: not YAML: end of map not found"},
      {"a:\n\tb: 1\n", "F:2: not YAML: illegal map value"},
      {"\ta: 1\n", "F:1: not YAML: illegal map value"},
      {"a: \"b\n", "F:2: not YAML: illegal EOF in scalar"},
      {"a: \"b\nc: 1\n  ", "F:4: not YAML: illegal EOF in scalar"},
      {"a: 'b\r\n\r\n", "F:3: not YAML: illegal EOF in scalar"},
      {"a: 'b", "F:1: not YAML: illegal EOF in scalar"},
      {"a: \"\\q\"\n", "F:1: not YAML: unknown escape character: q"},
      {"a: @b\n", "F:1: not YAML: unknown token"},
      {"%YAML 1.2 3\n---\n", "F:1: not YAML: YAML directives must have exactly one argument"},
  };
  for (const auto& each : cases) EXPECT_EQ(parsing_error(each.text), each.message) << each.text;
  // Later versions of yaml-cpp name the anchor too.
  EXPECT_THAT(parsing_error("a: *nowhere\n"), StartsWith("F:1: not YAML: the referenced anchor is not defined"));
}

TEST(YamlSyntaxTest, TagsAreRefused) {
  const struct {
    std::string text;
    std::string message;
  } cases[] = {
      {"a: !!str 4\n", "F:1: a: tags are not supported (tag:yaml.org,2002:str); expected a value without one"},
      {"a:\n  - !!int 4\n", "F:2: a[0]: tags are not supported (tag:yaml.org,2002:int); expected a value without one"},
      {"a: !!python/object:os.system 2\n",
       "F:1: a: tags are not supported (tag:yaml.org,2002:python/object:os.system); expected a value without one"},
      {"a: 1\nb: !!binary {c: 1}\n",
       "F:2: b: tags are not supported (tag:yaml.org,2002:binary); expected a value without one"},
      {"a: !!set\n  b: 1\n", "F:1: a: tags are not supported (tag:yaml.org,2002:set); expected a value without one"},
      {"a: !!omap [b]\n", "F:1: a: tags are not supported (tag:yaml.org,2002:omap); expected a value without one"},
      {"!!map\na: 1\n", "F:1: tags are not supported (tag:yaml.org,2002:map); expected a value without one"},
      {"a: !own 'b'\n", "F:1: a: tags are not supported (!own); expected a value without one"},
      {"a: !<x:y> b\n", "F:1: a: tags are not supported (x:y); expected a value without one"},
      {"a: ! 4\n", "F:1: a: tags are not supported (!); expected a value without one"},
      {"a: &x ! '4'\n", "F:1: a: tags are not supported (!); expected a value without one"},
      {"a: &x !!str 4\n", "F:1: a: tags are not supported (tag:yaml.org,2002:str); expected a value without one"},
      {"a: !!null\nb: 1\n", "F:1: a: tags are not supported (tag:yaml.org,2002:null); expected a value without one"},
      {"a:\n  !!str b: 1\n", "F:2: a: tags are not supported (tag:yaml.org,2002:str); expected a value without one"},
      {"%TAG !e! tag:example.org,2000:\n---\na: !e!b c\n",
       "F:3: a: tags are not supported (tag:example.org,2000:b); expected a value without one"},
  };
  for (const auto& each : cases) EXPECT_EQ(parsing_error(each.text), each.message) << each.text;
  const YamlNode root = parse_yaml("a: '!b'\nc: &x '!!str'\nd: \"! e\"\nf: |\n  !g\nh: &y\n  'i'\n", "F");
  EXPECT_EQ(root.find("a")->scalar, "!b");
  EXPECT_EQ(root.find("c")->scalar, "!!str");
  EXPECT_EQ(root.find("d")->scalar, "! e");
  EXPECT_EQ(root.find("f")->scalar, "!g\n");
  EXPECT_EQ(root.find("h")->scalar, "i");
}

TEST(YamlSyntaxTest, MergeKeysAreRefused) {
  const std::string message = "merge keys (<<) are not supported; expected the keys themselves";
  EXPECT_EQ(parsing_error("a: &x {b: 1}\nc:\n  <<: *x\n"), "F:3: c: " + message);
  EXPECT_EQ(parsing_error("<<: {b: 1}\n"), "F:1: " + message);
  EXPECT_EQ(parsing_error("a: [{<<: [*b]}]\n").substr(0, 13), "F:1: not YAML");
  EXPECT_EQ(parse_yaml("'<<': 1\n", "F").find("<<")->scalar, "1") << "in quotes it is a name like others";
}

TEST(YamlSyntaxTest, OtherEncodings) {
  EXPECT_EQ(parsing_error(std::string("\xff\xfe"
                                      "a\0:\0 \0001\0",
                                      10)),
            "F: UTF-16; expected YAML in UTF-8");
  EXPECT_EQ(parsing_error("\xfe\xff\x30\x42"), "F: UTF-16; expected YAML in UTF-8");
  EXPECT_EQ(parsing_error(std::string("a\0:\0", 4)), "F: not a text file; expected YAML");
}

TEST(YamlSyntaxTest, Directives) {
  EXPECT_EQ(parse_yaml("%YAML 1.2\n---\na: 1\n", "F").find("a")->scalar, "1");
  EXPECT_EQ(parse_yaml("%TAG ! x:\n---\na: 1\n", "F").find("a")->scalar, "1");
}

TEST(YamlSyntaxTest, Depth) {
  const auto nested = [](int levels) { return repeated("[", levels) + repeated("]", levels); };
  EXPECT_EQ(parsing_error(nested(64)), "no error");
  EXPECT_EQ(parsing_error("a:\n  " + nested(65)), "F:2: a" + repeated("[0]", 64) + ": nested deeper than 64 levels");
  EXPECT_EQ(soon(nested(1'000)), "F:1: nested deeper than 64 levels");
  EXPECT_EQ(soon(repeated("[", 1'000'000)), "F:1: nested deeper than 64 levels");
  EXPECT_EQ(soon(repeated("{a: ", 1'000'000)), "F:1: nested deeper than 64 levels");
  EXPECT_THAT(soon(repeated("- ", 1'000'000)), HasSubstr("nested deeper than 64 levels"));
  EXPECT_THAT(soon("a: &x [*x]\n"), HasSubstr("nested deeper than 64 levels")) << "an alias to what holds it";
  EXPECT_THAT(soon("a: &x {b: *x, c: *x}\n"), HasSubstr("nested deeper than 64 levels"));
}

TEST(YamlSyntaxTest, BillionLaughs) {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(before + ", ", 9) + before + "]\n";
  }
  EXPECT_THAT(soon(text), HasSubstr("more than 1000000 values; expected a file of a reasonable size"));
}

TEST(YamlSyntaxTest, LargeFilesEndSoon) {
  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(soon(keys), "no error");
  EXPECT_EQ(soon(keys + "k7: 1\n"), "F:100001: k7: duplicate key, first given on line 8; expected it once");
  EXPECT_EQ(soon("[" + repeated("1,", 1'000'000) + "]"),
            "F:1: [999999]: more than 1000000 values; expected a file of a reasonable size");
}

TEST(YamlSyntaxTest, BlockTextsKeepTheirLineEnd) {
  EXPECT_EQ(parse_yaml("a: |\n  b\n", "F").find("a")->scalar, "b\n");
  EXPECT_EQ(parse_yaml("a: |+\n  b\n\n", "F").find("a")->scalar, "b\n\n");
  EXPECT_EQ(parse_yaml("a: |-\n  b\n", "F").find("a")->scalar, "b");
  EXPECT_EQ(parse_yaml("a: >\n  b\n  c", "F").find("a")->scalar, "b c");
}

TEST(YamlSyntaxTest, LettersBeyondUtf8AreRefused) {
  EXPECT_EQ(parsing_error("a: 1\nb: \xff\xfe\n"), "F:2: invalid UTF-8; expected UTF-8 text");
  // The last four: cut short, of a letter beyond the last one, of half a pair, longer than need be.
  for (const std::string text : {"\xc3: 1\n", "a: \x80\x80\n",
                                 "de\xef\xff\xff\xff"
                                 "f: 1\n",
                                 "a: \"\xf0\x9f\"\n", "a: \xf4\x90\x80\x80\n", "a: \xed\xa0\x80\n", "a: \xc0\xaf\n"})
    EXPECT_EQ(parsing_error(text), "F:1: invalid UTF-8; expected UTF-8 text") << text;
  EXPECT_EQ(parse_yaml("a: é—😀\n", "F").find("a")->scalar, "é—😀");
}
