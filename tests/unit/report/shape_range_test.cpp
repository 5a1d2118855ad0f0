#include "report/shape_range.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

namespace {

std::string range_of(const std::vector<Shape>& shapes) {
  ShapeRange range;
  for (const Shape& shape : shapes) range.add(shape);
  return range.str();
}

}  // namespace

TEST(ShapeRangeTest, OneShape) {
  EXPECT_EQ(range_of({}), "");
  EXPECT_EQ(range_of({Shape()}), "[]");
  EXPECT_EQ(range_of({{1, 64, 4096}}), "[1, 64, 4096]");
  EXPECT_EQ(range_of({{1, 64}, {1, 64}}), "[1, 64]");
}

TEST(ShapeRangeTest, SizesThatVary) {
  EXPECT_EQ(range_of({{2, 6, 64}, {2, 1, 64}, {2, 3, 64}}), "[2, 1..6, 64]");
  EXPECT_EQ(range_of({{0, 7}, {5, 3}}), "[0..5, 3..7]");
}

TEST(ShapeRangeTest, ANumberOfSizesThatVaries) {
  EXPECT_EQ(range_of({{8, 2}, {4, 2}, {2}, {1, 1, 1}}), "[8, 2], …");
  EXPECT_EQ(range_of({Shape(), {2}}), "[], …");
}
