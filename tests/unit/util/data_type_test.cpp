#include "util/data_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace upmem_des;

TEST(DataTypeTest, Names) {
  EXPECT_THAT(data_type_names(), testing::ElementsAre("int4", "int8", "float16", "bfloat16", "float32"));
  for (const std::string& name : data_type_names()) EXPECT_EQ(to_string(*parse_data_type(name)), name);
  for (const char* wrong : {"", "int", "INT8", "fp16", "float64", "int8 "})
    EXPECT_EQ(parse_data_type(wrong), std::nullopt) << wrong;
}

TEST(DataTypeTest, Bytes) {
  EXPECT_EQ(bytes_per_element(DataType::int4), 0.5);
  EXPECT_EQ(bytes_per_element(DataType::int8), 1);
  EXPECT_EQ(bytes_per_element(DataType::float16), 2);
  EXPECT_EQ(bytes_per_element(DataType::bfloat16), 2);
  EXPECT_EQ(bytes_per_element(DataType::float32), 4);
}
