#include "util/harmless_text.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "util/json_text.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;

namespace {

/// Everything that has to be escaped, as UTF-8 and as it is shown.
const std::pair<const char*, const char*> harmful[] = {
    {"\n", "\\u000a"},           {"\x1b", "\\u001b"},         {"\x7f", "\\u007f"},         {"\xc2\x80", "\\u0080"},
    {"\xc2\x9b", "\\u009b"},     {"\xc2\x9f", "\\u009f"},     {"\xd8\x9c", "\\u061c"},     {"\xe2\x80\x8e", "\\u200e"},
    {"\xe2\x80\x8f", "\\u200f"}, {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}, {"\xe2\x80\xaa", "\\u202a"},
    {"\xe2\x80\xae", "\\u202e"}, {"\xe2\x81\xa6", "\\u2066"}, {"\xe2\x81\xa9", "\\u2069"},
};

const char* const harmless[] = {"",        "q_proj",       "gpu[0]", "größer → µ", "\xc2\xa0", "\xe2\x80\x8d",
                                "\\u009b", "\xe2\x80\xaf", "日本",   "🙂",       "\xd8\xa7"};

}  // namespace

TEST(HarmlessTextTest, OneLine) {
  for (const auto& [text, shown] : harmful)
    EXPECT_EQ(one_line("a" + std::string(text) + "b"), "a" + std::string(shown) + "b");
  for (const char* text : harmless) EXPECT_EQ(one_line(text), text);
  EXPECT_EQ(one_line(std::string("a\0b", 3)), "a\\u0000b");
}

TEST(HarmlessTextTest, BytesThatAreNoUtf8) {
  EXPECT_EQ(one_line("a\x9b"
                     "31m"),
            "a\\x9b31m");
  EXPECT_EQ(one_line("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(one_line("\xc0\x8a"), "\\xc0\\x8a") << "a line end in more bytes than it needs";
  EXPECT_EQ(one_line("\xe0\x80\x8a"), "\\xe0\\x80\\x8a");
  EXPECT_EQ(one_line("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a pair";
  EXPECT_EQ(one_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last character";
  EXPECT_EQ(one_line("\xe2\x80"), "\\xe2\\x80") << "cut short";
}

TEST(HarmlessTextTest, WhatIsHarmlessStays) {
  for (const auto& [text, shown] : harmful) EXPECT_EQ(one_line(one_line(text)), shown);
}

TEST(HarmlessTextTest, CsvCells) {
  EXPECT_EQ(csv_cell("linear"), "linear");
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("+1"), "'+1");
  EXPECT_EQ(csv_cell("-1"), "'-1");
  EXPECT_EQ(csv_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_cell("\t=1"), "'\\u0009=1");
  EXPECT_EQ(csv_cell("\r=1"), "'\\u000d=1");
  EXPECT_EQ(csv_cell("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  EXPECT_EQ(csv_cell("a\nb"), "a\\u000ab");
  EXPECT_EQ(csv_cell("a=b"), "a=b");
}

TEST(HarmlessTextTest, Json) {
  for (const auto& [text, shown] : harmful) {
    const std::string json = json_text("a" + std::string(text) + "b");
    const std::string_view escape = std::string_view(text) == "\n" ? "\\n" : shown;  // which has a shorter one
    EXPECT_EQ(json, "\"a" + std::string(escape) + "b\"");
    EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), "a" + std::string(text) + "b");
  }
  for (const char* text : harmless) EXPECT_EQ(harmless_json(text), text);
  EXPECT_EQ(harmless_json("{\"a\": \"\xc2\x9b\",\n \"b\": 1}\n"), "{\"a\": \"\\u009b\",\n \"b\": 1}\n");
}

TEST(HarmlessTextTest, Yaml) {
  for (const auto& [text, shown] : harmful) {
    YamlNode root = YamlNode::map();
    root.add("a", YamlNode::text("x" + std::string(text) + "y"));
    root.add("k" + std::string(text), YamlNode::integer(1));
    const std::string yaml = emit_yaml(root);
    EXPECT_EQ(harmless_json(yaml), yaml) << shown;
    EXPECT_EQ(yaml.find('\x1b'), std::string::npos);
    const YamlNode back = parse_yaml(yaml, "F");
    EXPECT_EQ(back.find("a")->scalar, "x" + std::string(text) + "y") << shown;
    ASSERT_NE(back.find("k" + std::string(text)), nullptr) << shown;
  }
}
