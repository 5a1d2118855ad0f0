/// The checked readings of a value, and the message of each that is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/temporary_folder.hpp"
#include "util/yaml.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// The value of `k` on the first line of a file F.
YamlNode value_of(const std::string& yaml) {
  return *parse_yaml("k: " + yaml, "F").find("k");
}

template <class Read>
std::string error_of(const std::string& yaml, Read read) {
  const YamlNode node = value_of(yaml);
  return input_error([&] { read(node); });
}

std::string number_error(const std::string& yaml, const NumberRange& range = NumberRange::positive()) {
  return error_of(yaml, [&](const YamlNode& node) { yaml_number(node, range); });
}

std::string integer_error(const std::string& yaml) {
  return error_of(yaml, [](const YamlNode& node) { yaml_integer(node, 1, 1000); });
}

std::string truth_error(const std::string& yaml) {
  return error_of(yaml, [](const YamlNode& node) { yaml_truth(node); });
}

std::string text_error(const std::string& yaml) {
  return error_of(yaml, [](const YamlNode& node) { yaml_text(node); });
}

}  // namespace

TEST(YamlNumberTest, Read) {
  const auto number = [](const char* yaml) { return yaml_number(value_of(yaml), {}); };
  EXPECT_EQ(number("0.4e12"), 4e11);
  EXPECT_EQ(number("0.4e+12"), 4e11);
  EXPECT_EQ(number("4e11"), 4e11);
  EXPECT_EQ(number(".5"), 0.5);
  EXPECT_EQ(number("+3"), 3);
  EXPECT_EQ(number("-3"), -3);
  EXPECT_EQ(number("12.8 # GB/s"), 12.8);
  EXPECT_EQ(yaml_number(value_of("0"), NumberRange::not_negative()), 0);
  EXPECT_EQ(yaml_number(value_of("1e-400"), NumberRange::not_negative()), 0);
}

TEST(YamlNumberTest, WhatIsNone) {
  for (const char* text : {"0x10", "1_000", "12GB", "12 GB", "abc", ".nan", ".NaN", "nan", ".inf", "-.inf", "+.inf",
                           "inf", "1e400", "-1e400", "1,5", "0.4e", "true", "-INF"})
    EXPECT_EQ(number_error(text, {}), std::string("F:1: k: '") + text + "'; expected a number") << text;
  EXPECT_EQ(number_error("'12'", {}), "F:1: k: '12'; expected a number") << "quoted";
  EXPECT_EQ(number_error("\"12\"", {}), "F:1: k: '12'; expected a number");
  EXPECT_EQ(number_error("", {}), "F:1: k: nothing; expected a number");
  EXPECT_EQ(number_error("~", {}), "F:1: k: nothing; expected a number");
  EXPECT_EQ(number_error("''", {}), "F:1: k: ''; expected a number");
  EXPECT_EQ(number_error("[1]", {}), "F:1: k: a list; expected a number");
  EXPECT_EQ(number_error("{a: 1}", {}), "F:1: k: a mapping; expected a number");
}

TEST(YamlNumberTest, Ranges) {
  EXPECT_EQ(number_error("0"), "F:1: k: '0'; expected a number above 0");
  EXPECT_EQ(number_error("-0.0"), "F:1: k: '-0.0'; expected a number above 0");
  EXPECT_EQ(number_error("1e-400"), "F:1: k: '1e-400'; expected a number above 0");
  EXPECT_EQ(number_error("1.5", NumberRange::positive(1)), "F:1: k: '1.5'; expected a number above 0 and at most 1");
  EXPECT_EQ(number_error("-1", NumberRange::not_negative()), "F:1: k: '-1'; expected a number from 0 up");
  EXPECT_EQ(number_error("1e19", NumberRange::not_negative(1e18)), "F:1: k: '1e19'; expected a number from 0 to 1e+18");
  EXPECT_EQ(number_error("7", {1, 5}), "F:1: k: '7'; expected a number from 1 to 5");
  EXPECT_EQ(number_error("1", NumberRange::positive(1)), "no error");
}

TEST(YamlNumberTest, LongValuesAreCut) {
  EXPECT_EQ(number_error(std::string(100, 'x')), "F:1: k: '" + std::string(60, 'x') + "…'; expected a number above 0");
  // Never in the middle of a letter: the message stays valid UTF-8.
  EXPECT_EQ(number_error(std::string(59, 'x') + "µµ"),
            "F:1: k: '" + std::string(59, 'x') + "…'; expected a number above 0");
}

TEST(YamlIntegerTest, Read) {
  EXPECT_EQ(yaml_integer(value_of("64"), 1, 1000), 64);
  EXPECT_EQ(yaml_integer(value_of("+3"), 1, 1000), 3);
  EXPECT_EQ(yaml_integer(value_of("-3"), -5, 5), -3);
  EXPECT_EQ(yaml_integer(value_of("9223372036854775807"), 0, std::numeric_limits<std::int64_t>::max()),
            std::numeric_limits<std::int64_t>::max());
}

TEST(YamlIntegerTest, WhatIsNone) {
  for (const char* text : {"0", "-1", "1001", "1.0", "1e2", "0x10", "1_000", "12GB", "abc", "9223372036854775808",
                           "99999999999999999999999", ".inf", ".nan", "true", "+", "+-3", "--3", "++3"})
    EXPECT_EQ(integer_error(text), std::string("F:1: k: '") + text + "'; expected a whole number from 1 to 1000");
  EXPECT_EQ(integer_error("'64'"), "F:1: k: '64'; expected a whole number from 1 to 1000");
  EXPECT_EQ(integer_error(""), "F:1: k: nothing; expected a whole number from 1 to 1000");
  EXPECT_EQ(integer_error("[64]"), "F:1: k: a list; expected a whole number from 1 to 1000");
  EXPECT_EQ(integer_error("{}"), "F:1: k: a mapping; expected a whole number from 1 to 1000");
}

TEST(YamlTruthTest, TrueAndFalseOnly) {
  EXPECT_TRUE(yaml_truth(value_of("true")));
  EXPECT_FALSE(yaml_truth(value_of("false")));
  for (const char* text : {"1", "0", "yes", "no", "True", "on"})
    EXPECT_EQ(truth_error(text), std::string("F:1: k: '") + text + "'; expected true or false");
  EXPECT_EQ(truth_error("'true'"), "F:1: k: 'true'; expected true or false");
  EXPECT_EQ(truth_error(""), "F:1: k: nothing; expected true or false");
  EXPECT_EQ(truth_error("[true]"), "F:1: k: a list; expected true or false");
}

TEST(YamlTextTest, AnyScalarButAnEmptyOne) {
  EXPECT_EQ(yaml_text(value_of("a b")), "a b");
  EXPECT_EQ(yaml_text(value_of("5")), "5");
  EXPECT_EQ(yaml_text(value_of("'5'")), "5");
  EXPECT_EQ(text_error("''"), "F:1: k: empty; expected a text");
  EXPECT_EQ(text_error(""), "F:1: k: nothing; expected a text");
  EXPECT_EQ(text_error("[a]"), "F:1: k: a list; expected a text");
  EXPECT_EQ(text_error("{a: b}"), "F:1: k: a mapping; expected a text");
}

TEST(YamlSequenceTest, ListsOnly) {
  const auto error = [](const char* yaml) { return error_of(yaml, [](const YamlNode& node) { yaml_sequence(node); }); };
  EXPECT_EQ(yaml_sequence(value_of("[1, 2]")).size(), 2U);
  EXPECT_EQ(yaml_sequence(value_of("[]")).size(), 0U);
  EXPECT_EQ(error("a"), "F:1: k: 'a'; expected a list");
  EXPECT_EQ(error(""), "F:1: k: nothing; expected a list");
  EXPECT_EQ(error("{}"), "F:1: k: a mapping; expected a list");
}

TEST(YamlChoiceTest, OneOfTheAllowed) {
  const auto error = [](const char* yaml) {
    return error_of(yaml, [](const YamlNode& node) { yaml_choice(node, {"sdpa", "eager"}); });
  };
  EXPECT_EQ(yaml_choice(value_of("eager"), {"sdpa", "eager"}), "eager");
  EXPECT_EQ(error("spda"), "F:1: k: unknown value 'spda'; expected one of sdpa, eager; did you mean 'sdpa'?");
  EXPECT_EQ(error("EAGER"), "F:1: k: unknown value 'EAGER'; expected one of sdpa, eager; did you mean 'eager'?");
  EXPECT_EQ(error("quick"), "F:1: k: unknown value 'quick'; expected one of sdpa, eager");
  EXPECT_EQ(error(""), "F:1: k: nothing; expected a text");
}

TEST(YamlMapTest, KeysThatNobodyAskedFor) {
  const YamlNode root = parse_yaml("a:\n  batch: 1\n  dtpye: int8\n", "F");
  YamlMap map(*root.find("a"));
  EXPECT_NE(map.optional("batch"), nullptr);
  EXPECT_EQ(map.optional("dtype"), nullptr);
  EXPECT_EQ(input_error([&] { map.done(); }),
            "F:3: a.dtpye: unknown key; expected one of batch, dtype; did you mean 'dtype'?");
}

TEST(YamlMapTest, MissingKeys) {
  const YamlNode root = parse_yaml("# comment\na:\n  bathc: 1\n", "F");
  YamlMap map(*root.find("a"));
  EXPECT_EQ(input_error([&] { map.required("dtype"); }), "F:2: a.dtype: missing; expected a value");
  EXPECT_EQ(input_error([&] { map.required("batch"); }),
            "F:2: a.batch: missing; expected a value (there is a 'bathc')");
  YamlMap top(root);
  EXPECT_EQ(input_error([&] { top.required("workload"); }), "F:1: workload: missing; expected a value");
}

TEST(YamlMapTest, KeysThatAreRightThemselvesAreNoMisspelling) {
  const YamlNode root = parse_yaml("host_to_device_bw_GBs: 1\nhost_to_device_pj_per_bit: 1\nmem_bw_GBs: 1\n", "F");
  YamlMap map(root);
  EXPECT_EQ(input_error([&] { map.required("device_to_host_bw_GBs"); }),
            "F:1: device_to_host_bw_GBs: missing; expected a value");
  EXPECT_EQ(input_error([&] { map.required("mem_pj_per_bit"); }), "F:1: mem_pj_per_bit: missing; expected a value");
}

TEST(YamlMapTest, WhatIsNoMapping) {
  const auto error = [](const std::string& yaml, bool allow_null = false) {
    const YamlNode root = parse_yaml(yaml, "F");
    const YamlNode& node = root.find("a") != nullptr ? *root.find("a") : root;
    return input_error([&] { YamlMap map(node, allow_null); });
  };
  EXPECT_EQ(error("a: x"), "F:1: a: 'x'; expected a mapping of keys to values");
  EXPECT_EQ(error("a: [x]"), "F:1: a: a list; expected a mapping of keys to values");
  EXPECT_EQ(error("a:"), "F:1: a: nothing; expected a mapping of keys to values");
  EXPECT_EQ(error("a:", true), "no error");
  EXPECT_EQ(error("a: x", true), "F:1: a: 'x'; expected a mapping of keys to values");
  EXPECT_EQ(error("# nothing"), "F:1: empty; expected keys and values");
  EXPECT_EQ(error("- a"), "F:1: a list; expected a mapping of keys to values");
}
