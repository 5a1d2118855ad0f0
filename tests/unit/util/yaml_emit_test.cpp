#include <gtest/gtest.h>

#include "util/yaml.hpp"

using namespace upmem_des;
using Kind = YamlNode::Kind;

namespace {

/// The same tree: kinds, texts and keys; not the places.
void expect_same(const YamlNode& a, const YamlNode& b) {
  ASSERT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.scalar, b.scalar);
  ASSERT_EQ(a.items.size(), b.items.size());
  for (std::size_t i = 0; i < a.items.size(); ++i) expect_same(a.items[i], b.items[i]);
  ASSERT_EQ(a.entries.size(), b.entries.size());
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    EXPECT_EQ(a.entries[i].first, b.entries[i].first);
    expect_same(a.entries[i].second, b.entries[i].second);
  }
}

const char* const awkward_texts[] = {
    "a",     "true",  "false",     "yes",  "null",   "Null",   "~",       "1",          "0.5",      "+3",     ".5",
    "1e400", ".inf",  ".nan",      "0x10", "- a",    "-",      "?",       ":",          "a: b",     "a:",     "a #b",
    "#a",    "#",     "a#b",       "[a]",  "{a}",    "a, b",   ",t",      "'a'",        "\"a\"",    "a\\b",   "&a",
    "*a",    "!a",    "!!str",     "|",    ">",      "%a",     "@a",      "`a",         " a",       "a ",     "  ",
    "\t",    "a\nb",  "a\n",       "\n",   "a\r\nb", "a\x01z", "\x1b[0m", "µ → größer", "\u2028",   "\ufeff", "---",
    "...",   "--- a", "a\n---\nb", "<<",   "=",      "a\tb",   "1 2",     "2001-01-01", "12:30:45", "y",      "No"};

}  // namespace

TEST(YamlEmitTest, Trees) {
  YamlNode root = YamlNode::map();
  root.add("name", YamlNode::text("a b"));
  YamlNode inner = YamlNode::map();
  inner.add("count", YamlNode::integer(-3));
  inner.add("rate", YamlNode::number(0.4e12));
  inner.add("small", YamlNode::number(6.4e-10));
  inner.add("on", YamlNode::truth(true));
  inner.add("nothing", YamlNode());
  root.add("inner", inner);
  root.add("empty map", YamlNode::map());
  root.add("empty list", YamlNode::sequence());
  YamlNode& list = root.add("list", YamlNode::sequence());
  list.items.push_back(YamlNode::text("5"));
  list.items.push_back(YamlNode::integer(5));
  list.items.push_back(inner);
  EXPECT_EQ(emit_yaml(root),
            "name: a b\n"
            "inner:\n"
            "  count: -3\n"
            "  rate: 400000000000\n"
            "  small: 6.4e-10\n"
            "  on: true\n"
            "  nothing: ~\n"
            "empty map: {}\n"
            "empty list: []\n"
            "list: [\"5\", 5, {count: -3, rate: 400000000000, small: 6.4e-10, on: true, nothing: ~}]\n");
  expect_same(parse_yaml(emit_yaml(root), "F"), root);
}

TEST(YamlEmitTest, LongKeysReadBack) {
  for (const std::string letter : {"n", "\"", "\n", "\xc2\x9b", "# "}) {
    std::string key;
    while (key.size() < 1000) key += letter;
    YamlNode root = YamlNode::map();
    YamlNode& inner = root.add("mapping", YamlNode::map());
    inner.add("default", YamlNode::text("a"));
    inner.add(key, YamlNode::text("b"));
    inner.add("c", YamlNode::sequence());
    expect_same(parse_yaml(emit_yaml(root), "F"), root);
  }
}

TEST(YamlEmitTest, TextsReadBack) {
  for (const char* text : awkward_texts) {
    SCOPED_TRACE(text);
    YamlNode root = YamlNode::map();
    root.add("in a map", YamlNode::text(text));
    YamlNode& list = root.add("in a list", YamlNode::sequence());
    list.items.push_back(YamlNode::text(text));
    const std::string yaml = emit_yaml(root);
    expect_same(parse_yaml(yaml, "F"), root);
    EXPECT_EQ(emit_yaml(parse_yaml(yaml, "F")), yaml);
  }
}

TEST(YamlEmitTest, TextsThatLookLikeNumbersOrTruthsAreQuoted) {
  for (const char* text : {"5", "0.5", "true", "null", "~", "yes"}) {
    YamlNode root = YamlNode::map();
    root.add("k", YamlNode::text(text));
    const YamlNode back = parse_yaml(emit_yaml(root), "F");
    EXPECT_TRUE(back.find("k")->quoted) << text;
  }
}

TEST(YamlEmitTest, KeysReadBack) {
  for (const char* text : awkward_texts) {
    SCOPED_TRACE(text);
    YamlNode root = YamlNode::map();
    root.add("a", YamlNode::map()).add(text, YamlNode::text("x"));
    expect_same(parse_yaml(emit_yaml(root), "F"), root);
  }
  YamlNode root = YamlNode::map();
  root.add(std::string(2000, 'k'), YamlNode::text("x"));
  expect_same(parse_yaml(emit_yaml(root), "F"), root);
}
