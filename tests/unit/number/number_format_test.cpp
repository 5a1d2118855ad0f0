#include "upmem_des/number/number_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace upmem_des;

TEST(NumberFormatTest, Names) {
  EXPECT_THAT(number_format_names(),
              testing::ElementsAre("int4", "int8", "fp8", "mxfp4", "nvfp4", "float16", "bfloat16", "float32",
                                   "int4-g128", "int4-g64", "int4-g32", "nf4", "nf4-dq", "fp8-b128", "int4-sym-g128",
                                   "int4-sym-g64", "int4-sym-g32"));
  for (const std::string& name : number_format_names()) EXPECT_EQ(to_string(*parse_number_format(name)), name);
  for (const char* wrong : {"", "int", "INT8", "float64", "int8 "})
    EXPECT_EQ(parse_number_format(wrong), std::nullopt) << wrong;
}

TEST(NumberFormatTest, ConstantsAreTheirRows) {
  EXPECT_STREQ(NumberFormat::int4.name(), "int4");
  EXPECT_STREQ(NumberFormat::int4_g32.name(), "int4-g32");
  EXPECT_STREQ(NumberFormat::int4_g64.name(), "int4-g64");
  EXPECT_STREQ(NumberFormat::int4_g128.name(), "int4-g128");
  EXPECT_STREQ(NumberFormat::int4_sym_g32.name(), "int4-sym-g32");
  EXPECT_STREQ(NumberFormat::int4_sym_g64.name(), "int4-sym-g64");
  EXPECT_STREQ(NumberFormat::int4_sym_g128.name(), "int4-sym-g128");
  EXPECT_STREQ(NumberFormat::mxfp4.name(), "mxfp4");
  EXPECT_STREQ(NumberFormat::nvfp4.name(), "nvfp4");
  EXPECT_STREQ(NumberFormat::nf4.name(), "nf4");
  EXPECT_STREQ(NumberFormat::nf4_dq.name(), "nf4-dq");
  EXPECT_STREQ(NumberFormat::int8.name(), "int8");
  EXPECT_STREQ(NumberFormat::fp8.name(), "fp8");
  EXPECT_STREQ(NumberFormat::fp8_b128.name(), "fp8-b128");
  EXPECT_STREQ(NumberFormat::float16.name(), "float16");
  EXPECT_STREQ(NumberFormat::bfloat16.name(), "bfloat16");
  EXPECT_STREQ(NumberFormat::float32.name(), "float32");
}

TEST(NumberFormatTest, Bits) {
  EXPECT_EQ(NumberFormat::int4.bits(), 4);
  EXPECT_EQ(NumberFormat::int4_g128.bits(), 4 + 20.0 / 128);  // a 16-bit scale, a 4-bit zero point: 4.16
  EXPECT_EQ(NumberFormat::int4_sym_g128.bits(), 4.125);
  EXPECT_EQ(NumberFormat::mxfp4.bits(), 4.25);
  EXPECT_EQ(NumberFormat::nvfp4.bits(), 4.5);
  EXPECT_EQ(NumberFormat::nf4.bits(), 4.5);
  EXPECT_EQ(NumberFormat::nf4_dq.bits(), 4 + 8.0 / 64 + 32.0 / 16384);
  EXPECT_EQ(NumberFormat::fp8.bits(), 8);
  EXPECT_EQ(NumberFormat::fp8_b128.bits(), 8 + 32.0 / 16384);
}

TEST(NumberFormatTest, Bytes) {
  EXPECT_EQ(bytes_per_element(NumberFormat::int4), 0.5);
  EXPECT_EQ(bytes_per_element(NumberFormat::int8), 1);
  EXPECT_EQ(bytes_per_element(NumberFormat::fp8), 1);
  EXPECT_EQ(bytes_per_element(NumberFormat::float16), 2);
  EXPECT_EQ(bytes_per_element(NumberFormat::bfloat16), 2);
  EXPECT_EQ(bytes_per_element(NumberFormat::float32), 4);
}

TEST(NumberFormatTest, OtherNames) {
  EXPECT_EQ(parse_number_format("fp16"), NumberFormat::float16);
  EXPECT_EQ(parse_number_format("half"), NumberFormat::float16);
  EXPECT_EQ(parse_number_format("bf16"), NumberFormat::bfloat16);
  EXPECT_EQ(parse_number_format("fp32"), NumberFormat::float32);
  EXPECT_EQ(parse_number_format("float8_e4m3fn"), NumberFormat::fp8);
  EXPECT_EQ(parse_number_format("awq"), NumberFormat::int4_g128);
}

TEST(NumberFormatTest, ArithmeticIsDoneInAFormatWithoutBlocks) {
  EXPECT_EQ(NumberFormat::int4_g64.arithmetic(), NumberFormat::int4);
  EXPECT_EQ(NumberFormat::nf4.arithmetic(), NumberFormat::int4);
  EXPECT_EQ(NumberFormat::fp8_b128.arithmetic(), NumberFormat::fp8);
  EXPECT_EQ(NumberFormat::mxfp4.arithmetic(), NumberFormat::mxfp4);
  EXPECT_EQ(NumberFormat::bfloat16.arithmetic(), NumberFormat::bfloat16);
}
