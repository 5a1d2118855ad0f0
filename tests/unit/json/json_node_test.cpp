/// What values are asked for, and what is said where they are something else.
#include "json/json_node.hpp"

#include <gmock/gmock.h>

#include <array>

#include "support/temporary_folder.hpp"
#include "upmem_des/util/stated.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;
using testing::Pair;

namespace {

enum class Colour { Red, Green };
constexpr std::array colours{Colour::Red, Colour::Green};
const char* to_string(Colour colour) {
  return colour == Colour::Red ? "red" : "green";
}

/// A document with `value` as its "a" on line 2.
template <class Ask>
std::string problem(const std::string& value, Ask&& ask) {
  const JsonDocument document("{\n\"a\": " + value + "}", "F", "a test");
  const JsonNode a = document.root().at("a");
  return input_error([&] { ask(a); });
}

TEST(JsonNodeTest, ValuesOfTheirKind) {
  const JsonDocument document(R"({"n": 2.5, "i": -3, "t": "text", "yes": true, "none": null, "list": [1, [2]],
                                  "texts": {"z": "1", "b": "2"}, "colour": "green", "wide": 1e30})",
                              "F", "a test");
  const JsonNode root = document.root();
  EXPECT_EQ(root.at("n").number(), 2.5);
  EXPECT_EQ(root.at("i").integer(), -3);
  EXPECT_EQ(root.at("i").any_number(), -3);
  EXPECT_EQ(root.at("t").text(), "text");
  EXPECT_TRUE(root.at("yes").truth());
  EXPECT_TRUE(root.at("none").is_null());
  EXPECT_FALSE(is_stated(root.at("none").number_or_not_stated()));
  EXPECT_EQ(root.at("n").number_or_not_stated(), 2.5);
  EXPECT_EQ(root.at("list").items().size(), 2U);
  EXPECT_EQ(root.at("list").items()[1].items()[0].count(), 2);
  EXPECT_THAT(root.at("texts").texts(), ElementsAre(Pair("b", "2"), Pair("z", "1"))) << "sorted";
  EXPECT_EQ(root.at("colour").one_of(colours), Colour::Green);
  EXPECT_EQ(root.at("t").place_in({{"other", 3}, {"text", 7}}, "texts"), 7U);
  EXPECT_THAT(root.keys(), ElementsAre("n", "i", "t", "yes", "none", "list", "texts", "colour", "wide"));
}

TEST(JsonNodeTest, WhatIsNotThere) {
  const JsonDocument document("{\"none\": null,\n\"o\": {\"t\": \"x\", \"no\": false}}", "F", "a test");
  const JsonNode root = document.root();
  EXPECT_TRUE(root.has("none"));
  EXPECT_FALSE(root.has("other"));
  EXPECT_FALSE(root.find("none")) << "null is nothing";
  EXPECT_FALSE(root.find("other"));
  EXPECT_FALSE(root.at("none").has("x"));
  EXPECT_EQ(root.find("o")->text("t", "default"), "x");
  EXPECT_EQ(root.find("o")->text("u", "default"), "default");
  EXPECT_FALSE(root.find("o")->truth("no", true));
  EXPECT_TRUE(root.find("o")->truth("yes", true));
  EXPECT_EQ(input_error([&] { root.at("other"); }), "F: other: missing; expected a value");
  EXPECT_EQ(input_error([&] { root.at("o").at("other"); }), "F:2: o.other: missing; expected a value");
  EXPECT_EQ(input_error([&] { root.find("o")->truth("t", false); }), "F:2: o.t: 'x'; expected true or false");
  EXPECT_EQ(input_error([&] { root.at("none").find("x"); }), "F:1: none: null; expected an object");
}

TEST(JsonNodeTest, AnotherKindIsRefusedWithItsLineAndPath) {
  const auto text = [](const JsonNode& a) { a.text(); };
  EXPECT_EQ(problem("5", text), "F:2: a: 5; expected a text");
  EXPECT_EQ(problem("-0.50", text), "F:2: a: -0.50; expected a text");
  EXPECT_EQ(problem("true", text), "F:2: a: true; expected a text");
  EXPECT_EQ(problem("null", text), "F:2: a: null; expected a text");
  EXPECT_EQ(problem("[\"x\"]", text), "F:2: a: a list; expected a text");
  EXPECT_EQ(problem("{\"x\": 1}", text), "F:2: a: an object; expected a text");
  EXPECT_EQ(problem("\"x\"", [](const JsonNode& a) { a.number(); }), "F:2: a: 'x'; expected a number from 0 to 1e100");
  EXPECT_EQ(problem("\"x\"", [](const JsonNode& a) { a.any_number(); }), "F:2: a: 'x'; expected a number");
  EXPECT_EQ(problem("1", [](const JsonNode& a) { a.truth(); }), "F:2: a: 1; expected true or false");
  EXPECT_EQ(problem("1", [](const JsonNode& a) { a.items(); }), "F:2: a: 1; expected a list");
  EXPECT_EQ(problem("{}", [](const JsonNode& a) { a.items(); }), "F:2: a: an object; expected a list");
  EXPECT_EQ(problem("[]", [](const JsonNode& a) { a.at("x"); }), "F:2: a: a list; expected an object");
  EXPECT_EQ(problem("[]", [](const JsonNode& a) { a.keys(); }), "F:2: a: a list; expected an object");
  EXPECT_EQ(problem("[1,\n{\"b\": [\n\n7]}]", [](const JsonNode& a) { a.items()[1].at("b").items()[0].text(); }),
            "F:5: a[1].b[0]: 7; expected a text");
}

TEST(JsonNodeTest, NumbersWithinBounds) {
  const auto number = [](const JsonNode& a) { a.number(); };
  const std::string expected = "; expected a number from 0 to 1e100";
  EXPECT_EQ(problem("0", number), "no error");
  EXPECT_EQ(problem("1e100", number), "no error");
  EXPECT_EQ(problem("1.1e100", number), "F:2: a: 1.1e100" + expected);
  EXPECT_EQ(problem("-1e-300", number), "F:2: a: -1e-300" + expected);
  EXPECT_EQ(problem("99999999999999999999999", number), "no error") << "beyond 64 bits";
  const auto share = [](const JsonNode& a) { a.number(0, 1, "a share from 0 to 1"); };
  EXPECT_EQ(problem("1", share), "no error");
  EXPECT_EQ(problem("1.5", share), "F:2: a: 1.5; expected a share from 0 to 1");
  EXPECT_EQ(problem("[]", share), "F:2: a: a list; expected a share from 0 to 1");
}

TEST(JsonNodeTest, WholeNumbersWithinBounds) {
  const auto count = [](const JsonNode& a) { a.count(); };
  const std::string expected = "; expected a whole number from 0 to 2^63 - 1";
  EXPECT_EQ(problem("0", count), "no error");
  EXPECT_EQ(problem("9223372036854775807", count), "no error");
  EXPECT_EQ(problem("9223372036854775808", count), "F:2: a: 9223372036854775808" + expected);
  EXPECT_EQ(problem("-1", count), "F:2: a: -1" + expected);
  EXPECT_EQ(problem("5.0", count), "F:2: a: 5.0" + expected);
  EXPECT_EQ(problem("1e3", count), "F:2: a: 1e3" + expected);
  EXPECT_EQ(problem("\"1\"", count), "F:2: a: '1'" + expected);
  const auto few = [](const JsonNode& a) { a.count(1, 9); };
  EXPECT_EQ(problem("9", few), "no error");
  EXPECT_EQ(problem("10", few), "F:2: a: 10; expected a whole number from 1 to 9");
  EXPECT_EQ(problem("0", few), "F:2: a: 0; expected a whole number from 1 to 9");
  const auto integer = [](const JsonNode& a) { a.integer(); };
  EXPECT_EQ(problem("-9223372036854775808", integer), "no error");
  EXPECT_EQ(problem("-9223372036854775809", integer),
            "F:2: a: -9223372036854775809; expected a whole number of 64 bits");
}

TEST(JsonNodeTest, WholeNumbersOf64BitsWithoutASign) {
  const auto of = [](const std::string& value) {
    const JsonDocument document(value, "F", "a test");
    return document.root().unsigned_integer();
  };
  EXPECT_EQ(of("0"), 0U);
  EXPECT_EQ(of("9223372036854775808"), 9223372036854775808U);
  EXPECT_EQ(of("18446744073709551615"), 18446744073709551615U);
  for (const char* bad : {"18446744073709551616", "-1", "-9223372036854775809", "1.0", "\"1\""})
    EXPECT_THAT(problem(bad, [](const JsonNode& a) { a.unsigned_integer(); }),
                testing::EndsWith("; expected a whole number from 0 to 2^64 - 1"))
        << bad;
}

TEST(JsonNodeTest, NamesThatAreNotKnown) {
  EXPECT_EQ(problem("\"gren\"", [](const JsonNode& a) { a.one_of(colours); }),
            "F:2: a: unknown a 'gren'; expected red, green; did you mean 'green'?");
  EXPECT_EQ(problem("[\"blue\"]", [](const JsonNode& a) { a.items()[0].one_of(colours); }),
            "F:2: a[0]: unknown a[0] 'blue'; expected red, green");
  EXPECT_EQ(problem("\"DEV2\"",
                    [](const JsonNode& a) {
                      a.place_in({{"DEV1", 0}}, "devices");
                    }),
            "F:2: a: no a 'DEV2' in \"devices\"; expected one of DEV1; did you mean 'DEV1'?");
  EXPECT_EQ(problem("\"DEV2\"", [](const JsonNode& a) { a.place_in({}, "devices"); }),
            "F:2: a: no a 'DEV2' in \"devices\"");
}

TEST(JsonNodeTest, WhatIsSaidOfTheDocumentItself) {
  const JsonDocument list("\n[1]", "F", "a test");
  EXPECT_EQ(input_error([&] { list.root().at("a"); }), "F:2: a list; expected an object");
  EXPECT_EQ(input_error([&] { list.root().items()[0].text(); }), "F:2: [0]: 1; expected a text");
  const JsonDocument object("\n{\"a\": 1}", "F", "a test");
  EXPECT_EQ(input_error([&] { object.root().fail("has no b"); }), "F: has no b") << "no line says more than another";
  EXPECT_EQ(input_error([&] { object.root().fail("a", "is no b"); }), "F:2: a: is no b");
  EXPECT_EQ(input_error([&] { object.root().fail("b", "is not there"); }), "F: b: is not there");
  const JsonDocument without_lines("{\n\"a\": 1}", "F", "a test", 0);
  EXPECT_EQ(input_error([&] { without_lines.root().at("a").text(); }), "F: a: 1; expected a text");
}

TEST(JsonNodeTest, LongTextsAndKeysAreCutBetweenCharacters) {
  const std::string fits(60, 'x');
  EXPECT_EQ(problem("\"" + fits + "\"", [](const JsonNode& a) { a.truth(); }),
            "F:2: a: '" + fits + "'; expected true or false");
  EXPECT_EQ(problem("\"" + fits.substr(1) + "ü\"", [](const JsonNode& a) { a.truth(); }),
            "F:2: a: '" + fits.substr(1) + "...'; expected true or false");
  EXPECT_EQ(problem("1" + std::string(99, '0'), [](const JsonNode& a) { a.truth(); }),
            "F:2: a: 1" + std::string(59, '0') + "...; expected true or false");
  const JsonDocument document("{\"" + std::string(79, 'k') + "ü" + "\": {\"line\\nend\": 1}}", "F", "a test");
  const JsonNode member = *document.root().members().begin();
  EXPECT_EQ(input_error([&] { member.at("line\nend").text(); }),
            "F:1: " + std::string(79, 'k') + "....line\\u000aend: 1; expected a text");
}

TEST(JsonNodeTest, ManyMembersAreFoundQuickly) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"device " + std::to_string(i) + "\": " + std::to_string(i) + ",";
  text.back() = '}';
  const JsonDocument document(text, "F", "a test");
  const JsonNode root = document.root();
  // Looking through all for each would be 2 * 10^10 comparisons.
  for (int i = 0; i < 200'000; ++i) ASSERT_EQ(root.at("device " + std::to_string(i)).count(), i);
  EXPECT_FALSE(root.has("device"));
  EXPECT_FALSE(root.has("device 200000"));
}

}  // namespace
