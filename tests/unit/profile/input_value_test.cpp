#include "profile/input_value.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using Kind = InputValue::Kind;

namespace {

InputValue parsed(const std::string& text) {
  return parse_input(text, {"--input"});
}

}  // namespace

TEST(InputValueTest, SingleValues) {
  EXPECT_EQ(parsed("1x3").kind, Kind::Tensor);
  EXPECT_EQ(parsed("1x3").tensor.shape, (Shape{1, 3}));
  EXPECT_EQ(parsed("none").kind, Kind::None);
  EXPECT_EQ(parsed("int:-3").kind, Kind::Integer);
  EXPECT_EQ(parsed("int:-3").integer, -3);
  EXPECT_EQ(parsed("int:-9223372036854775808").integer, INT64_MIN);
  EXPECT_EQ(parsed("float:0.5").kind, Kind::Real);
  EXPECT_EQ(parsed("float:-1e3").real, -1000);
  EXPECT_EQ(parsed("float:2").real, 2);
  EXPECT_EQ(parsed("bool:true").kind, Kind::Truth);
  EXPECT_TRUE(parsed("bool:true").truth);
  EXPECT_FALSE(parsed("bool:false").truth);
  EXPECT_EQ(parsed("str:a b").kind, Kind::Text);
  EXPECT_EQ(parsed("str:a b").text, "a b");
  EXPECT_EQ(parsed("str:a,b=(c)").text, "a,b=(c)");
  EXPECT_EQ(parsed("str:").text, "");
  EXPECT_EQ(parsed(R"(str:"a \"\\")").text, R"(a "\)");
}

TEST(InputValueTest, WhatHoldsOthers) {
  const InputValue list = parsed("[ 1x3 , int:2,(none,str:x y )]");
  EXPECT_EQ(list.kind, Kind::List);
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(list.items[1].integer, 2);
  EXPECT_EQ(list.items[2].kind, Kind::Tuple);
  ASSERT_EQ(list.items[2].items.size(), 2U);
  EXPECT_EQ(list.items[2].items[1].text, "x y");
  const InputValue dictionary = parsed(R"({ids=1x8:int64:0..99, 2 = none,"2"=[str:"a]"]})");
  EXPECT_EQ(dictionary.kind, Kind::Dictionary);
  ASSERT_EQ(dictionary.keys.size(), 3U);
  ASSERT_EQ(dictionary.items.size(), 3U);
  EXPECT_EQ(dictionary.keys[0].text, "ids");
  EXPECT_TRUE(dictionary.keys[1].is_number);
  EXPECT_EQ(dictionary.keys[1].number, 2);
  EXPECT_FALSE(dictionary.keys[2].is_number);
  EXPECT_EQ(dictionary.keys[2].text, "2");
  EXPECT_EQ(dictionary.items[2].items[0].text, "a]");
  for (const char* empty : {"[]", "( )", "{  }"}) EXPECT_TRUE(parsed(empty).items.empty()) << empty;
}

TEST(InputValueTest, ReadsBackAsWritten) {
  for (const char* text :
       {"1x3", "none", "int:3", "float:0.5", "float:1e+30", "bool:true", "bool:false", "str:abc", "str:\"\"",
        R"(str:" a")", R"(str:"a,\"\\")", "[]", "()", "{}", "[1x3,2x7:int64:0..49]", "(none,[int:1,(float:2)])",
        R"({ids=1x8,2=none,"2"=str:"[",a b=(),"a=b"=bool:true})", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"})
    EXPECT_EQ(to_string(parsed(text)), text);
  EXPECT_EQ(to_string(parsed("[ 1 , {a = none} , ]")), "[1,{a=none}]");
}

/// Any bytes may be in a text.
TEST(InputValueTest, TextsOfAnyBytes) {
  InputValue value;
  value.kind = Kind::Text;
  for (int byte = 0; byte < 256; ++byte) value.text += static_cast<char>(byte);
  EXPECT_EQ(parsed(to_string(value)).text, value.text);
  InputValue list;
  list.kind = Kind::List;
  list.items = {value, value};
  EXPECT_EQ(parsed(to_string(list)).items.at(1).text, value.text);
}

TEST(InputValueTest, FirstTensor) {
  EXPECT_EQ(first_tensor(parsed("int:3")), nullptr);
  EXPECT_EQ(first_tensor(parsed("[none,{a=()}]")), nullptr);
  const InputValue value = parsed("[none,{a=(int:1,5x6)},7]");
  ASSERT_NE(first_tensor(value), nullptr);
  EXPECT_EQ(first_tensor(value)->shape, (Shape{5, 6}));
}

/// The table is of scripts/torch_capture/inputs.py, too: texts, and what is wrong with them.
TEST(InputValueTest, BadInputs) {
  std::istringstream lines(read_bytes(std::string(PROJECT_DIR) + "/tests/data/inputs/bad.tsv"));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string text = line.substr(0, line.find('\t'));
    EXPECT_EQ(input_error([&] { parsed(text); }), "--input: '" + text + "': " + line.substr(line.find('\t') + 1));
  }
  EXPECT_GT(count, 50);
}
