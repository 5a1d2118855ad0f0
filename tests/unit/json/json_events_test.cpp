/// The stream of events: each value with its line.
#include "json/json_events.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

/// "2 key a", "3 integer 5", "1 [", "]".
class Noted : public JsonEvents {
 public:
  std::vector<std::string> lines;

  void value(const JsonScalar& scalar, int line) override {
    static const char* const kinds[] = {"null", "truth", "integer", "wide", "number", "text"};
    std::string note = std::to_string(line) + " " + kinds[static_cast<int>(scalar.kind)];
    if (scalar.kind == JsonKind::Truth || scalar.kind == JsonKind::Integer)
      note += " " + std::to_string(scalar.integer);
    if (!scalar.text.empty()) note += " " + std::string(scalar.text);
    lines.push_back(note);
  }
  void key(std::string_view name, int line) override {
    lines.push_back(std::to_string(line) + " key " + std::string(name));
  }
  void begin(JsonKind kind, int line) override {
    lines.push_back(std::to_string(line) + (kind == JsonKind::List ? " [" : " {"));
  }
  void end() override { lines.emplace_back("end"); }
};

std::vector<std::string> events_of(std::string_view text, int first_line = 1) {
  Noted noted;
  read_json({text, "F", "anything", first_line}, noted);
  return noted.lines;
}

TEST(JsonEventsTest, EveryKindOfValueOnItsLine) {
  EXPECT_THAT(events_of("\n{\"a\":\n[1\n,\n-2\n]\n,\n\"b\"\n: {\n\n\"c\": null}}"),
              ElementsAre("2 {", "2 key a", "3 [", "3 integer 1", "5 integer -2", "end", "8 key b", "9 {", "11 key c",
                          "11 null", "end", "end"));
  EXPECT_THAT(events_of("[true,\r\nfalse,\r\n\"x\",\r\n1.50,\n1e3]"),
              ElementsAre("1 [", "1 truth 1", "2 truth 0", "3 text x", "4 number 1.50", "5 number 1e3", "end"));
}

TEST(JsonEventsTest, AValueOfItsOwn) {
  EXPECT_THAT(events_of("7"), ElementsAre("1 integer 7"));
  EXPECT_THAT(events_of("\n7\n"), ElementsAre("2 integer 7"));
  EXPECT_THAT(events_of("\n\"\"", 40), ElementsAre("41 text"));
  EXPECT_THAT(events_of("[\n7]", 0), ElementsAre("0 [", "0 integer 7", "end"));
}

TEST(JsonEventsTest, IntegersAsFarAs64BitsGoAndBeyond) {
  EXPECT_THAT(events_of("[9223372036854775807, 9223372036854775808, -9223372036854775808, -9223372036854775809]"),
              ElementsAre("1 [", "1 integer 9223372036854775807", "1 wide 9223372036854775808",
                          "1 integer -9223372036854775808", "1 wide -9223372036854775809", "end"));
  EXPECT_THAT(events_of("[18446744073709551615, 18446744073709551616, 99999999999999999999999]"),
              ElementsAre("1 [", "1 wide 18446744073709551615", "1 wide 18446744073709551616",
                          "1 wide 99999999999999999999999", "end"));
  EXPECT_THAT(events_of("[0, -0, 5.0]"), ElementsAre("1 [", "1 integer 0", "1 integer 0", "1 number 5.0", "end"));
}

TEST(JsonEventsTest, AByteOrderMarkIsNoValueAndTextsAreUnescaped) {
  EXPECT_THAT(events_of("\xef\xbb\xbf[1]"), ElementsAre("1 [", "1 integer 1", "end"));
  EXPECT_THAT(events_of(R"(["\u00fc\ud83d\ude00\n\"\\\/"])"), ElementsAre("1 [", "1 text ü😀\n\"\\/", "end"));
}

TEST(JsonEventsTest, WhatATakerThrowsComesOut) {
  class Refuses : public Noted {
    void key(std::string_view, int line) override { throw InputError({"F", line}, "no keys here"); }
  } refuses;
  EXPECT_EQ(input_error([&] { read_json({"[\n{\"a\": 1}]", "F", "a list"}, refuses); }), "F:2: no keys here");
}

}  // namespace
