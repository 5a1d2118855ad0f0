#include "profile/input_tensor.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

namespace {

InputTensor parsed(const std::string& text) {
  return parse_input_tensor(text, {"--input"});
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
  for (const char* text :
       {"1x3x32x32", "1", "1x64:int64", "2x7:int64:0..49", "2:int32:-5..-1", "2:bool:0..1", "3:bool", "4x4:bfloat16",
        "4x4:float16", "4:float64", "9:int64:5..5", "2:int8:-128..127", "2:uint8:0..255", "2:int16"})
    EXPECT_EQ(to_string(parsed(text)), text);
  EXPECT_EQ(to_string(parsed("1x3:float32")), "1x3");
  EXPECT_EQ(to_string(parsed("1:int64:0..0")), "1:int64");
}

TEST(InputTensorTest, TypesByName) {
  EXPECT_EQ(input_type_names().size(), 10U);
  for (const std::string& name : input_type_names()) EXPECT_EQ(to_string(*parse_input_type(name)), name);
  EXPECT_FALSE(parse_input_type("float"));
}
