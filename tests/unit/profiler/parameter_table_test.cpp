#include "profiler/parameter_table.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;
using namespace upmem_des::profiler;

TEST(ParameterTable, KnowsViewsAndPartsAgain) {
  ParameterTable table;
  const at::Tensor weight = at::ones({3, 4});
  table.add("weight", weight);
  ASSERT_TRUE(table.has(weight.t()));
  EXPECT_EQ(table.find(weight.slice(0, 1, 3))->path, "weight");
  EXPECT_FALSE(table.has(at::ones({3, 4})));
  EXPECT_FALSE(table.has(at::Tensor()));
  EXPECT_FALSE(table.has(weight.clone()));
}

TEST(ParameterTable, OneStorageMayHoldSeveral) {
  ParameterTable table;
  const at::Tensor all = at::ones({10});
  table.add("first", all.slice(0, 0, 4).view({2, 2}));
  table.add("second", all.slice(0, 4, 8));
  EXPECT_EQ(table.find(all.slice(0, 0, 2))->path, "first");
  EXPECT_EQ(table.find(all.slice(0, 7, 8))->path, "second");
  EXPECT_EQ(table.find(all.slice(0, 9)), nullptr);
}

TEST(ParameterTable, TheFirstNameCounts) {
  ParameterTable table;
  const at::Tensor weight = at::ones({3, 4});
  table.add("table.weight", weight)->is_table = true;
  EXPECT_FALSE(table.find(weight)->is_tied());
  table.add("head.weight", weight)->multiplies = true;
  EXPECT_EQ(table.find(weight)->path, "table.weight");
  EXPECT_TRUE(table.find(weight)->is_tied());
}
