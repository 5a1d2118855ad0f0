#include "profile/input_tensor.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using upmem_des::test::input_error;

namespace {

InputTensor parsed(const std::string& text) {
  return parse_input_tensor(text, {"--input"});
}

std::string problem(const std::string& text) {
  return input_error([&] { parsed(text); });
}

}  // namespace

TEST(InputTensorTest, SizesTypeAndRange) {
  EXPECT_EQ(parsed("1x3x32x32").shape, (Shape{1, 3, 32, 32}));
  EXPECT_EQ(parsed("1x3x32x32").type, InputType::float32);
  EXPECT_EQ(parsed("7").shape, (Shape{7}));
  EXPECT_EQ(parsed("1x64:int64").type, InputType::int64);
  EXPECT_EQ(parsed("1x64:int64").high, 0);
  const InputTensor ranged = parsed("2x7:int64:0..49");
  EXPECT_EQ(ranged.shape, (Shape{2, 7}));
  EXPECT_EQ(ranged.low, 0);
  EXPECT_EQ(ranged.high, 49);
  EXPECT_EQ(parsed("2:int32:-5..-1").low, -5);
  EXPECT_EQ(parsed("2:int32:-5..-1").high, -1);
  EXPECT_EQ(parsed("2:bool:0..1").type, InputType::boolean);
  EXPECT_EQ(parsed("2:int64:-9223372036854775808..9223372036854775807").low, INT64_MIN);
  EXPECT_EQ(parsed("1000000000x1000000").shape.elements(), 1e15);
  EXPECT_EQ(parsed("1x1x1x1x1x1x1x1").shape.rank(), 8U);
}

TEST(InputTensorTest, ReadsBackAsWritten) {
  for (const char* text : {"1x3x32x32", "1", "1x64:int64", "2x7:int64:0..49", "2:int32:-5..-1", "2:bool:0..1", "3:bool",
                           "4x4:bfloat16", "4x4:float16", "4:float64", "9:int64:5..5"})
    EXPECT_EQ(to_string(parsed(text)), text);
  EXPECT_EQ(to_string(parsed("1x3:float32")), "1x3");
  EXPECT_EQ(to_string(parsed("1:int64:0..0")), "1:int64");
}

TEST(InputTensorTest, TypesByName) {
  EXPECT_EQ(input_type_names().size(), 7U);
  for (const std::string& name : input_type_names()) EXPECT_EQ(to_string(*parse_input_type(name)), name);
  EXPECT_FALSE(parse_input_type("float"));
}

TEST(InputTensorTest, BadSizes) {
  const std::string expected =
      "' is no size; expected sizes such as 1x3x32x32, then if need be a type and a range: 2x7:int64:0..49";
  EXPECT_EQ(problem(""), "--input: '': '" + expected);
  EXPECT_EQ(problem("1x"), "--input: '1x': '" + expected);
  EXPECT_EQ(problem("x1"), "--input: 'x1': '" + expected);
  EXPECT_EQ(problem("1xx2"), "--input: '1xx2': '" + expected);
  EXPECT_EQ(problem("1,3"), "--input: '1,3': '1,3" + expected);
  EXPECT_EQ(problem("1x3.5"), "--input: '1x3.5': '3.5" + expected);
  EXPECT_EQ(problem(" 1"), "--input: ' 1': ' 1" + expected);
  EXPECT_EQ(problem("int64"), "--input: 'int64': 'int64" + expected);
  EXPECT_EQ(problem("99999999999999999999"), "--input: '99999999999999999999': '99999999999999999999" + expected);
  EXPECT_EQ(problem("1x0"), "--input: '1x0': size 0; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem("-1x3"), "--input: '-1x3': size -1; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem("1000000001"),
            "--input: '1000000001': size 1000000001; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem("1x1x1x1x1x1x1x1x1"),
            "--input: '1x1x1x1x1x1x1x1x1': more than 8 sizes; expected at most that many");
  EXPECT_EQ(problem("1000000000x1000001"),
            "--input: '1000000000x1000001': shape [1000000000, 1000001] has more than 1e15 elements");
}

TEST(InputTensorTest, BadTypes) {
  EXPECT_EQ(
      problem("1x2:flaot32"),
      "--input: '1x2:flaot32': unknown type 'flaot32'; expected one of float32, float64, float16, bfloat16, int64, "
      "int32, bool; did you mean 'float32'?");
  EXPECT_EQ(problem("1x2:"),
            "--input: '1x2:': unknown type ''; expected one of float32, float64, float16, bfloat16, "
            "int64, int32, bool");
}

TEST(InputTensorTest, BadRanges) {
  EXPECT_EQ(problem("1:float32:0..1"),
            "--input: '1:float32:0..1': a range of float32; expected one of int64, int32 or bool only");
  for (const std::string range : {"", "5", "0..", "..5", "0...5", "a..b", "0..1.5", "0..1:2", "5-9"})
    EXPECT_EQ(problem("1:int64:" + range),
              "--input: '1:int64:" + range + "': '" + range + "' is no range; expected one such as 0..49");
  EXPECT_EQ(problem("1:int64:9..0"),
            "--input: '1:int64:9..0': the range 9..0 is empty; expected the smaller number first");
  EXPECT_EQ(problem("1:bool:0..2"), "--input: '1:bool:0..2': the range 0..2; expected numbers from 0 to 1");
  EXPECT_EQ(
      problem("1:int32:0..2147483648"),
      "--input: '1:int32:0..2147483648': the range 0..2147483648; expected numbers from -2147483648 to 2147483647");
}
