#include "plan/mapping.hpp"

#include <gtest/gtest.h>

#include "support/fixed_cost.hpp"

using namespace upmem_des;
using test::layer;

TEST(MappingTest, LooksUpTheNameThenTheType) {
  Mapping mapping;
  mapping.set(Name("Linear"), {1, false, false});
  mapping.set(Name("q_proj"), {2, true, false});
  EXPECT_EQ(2U, mapping.find(layer("q_proj", {1}, {1})).target->device);
  EXPECT_EQ(Name("q_proj"), mapping.find(layer("q_proj", {1}, {1})).key);
  EXPECT_EQ(1U, mapping.find(layer("k_proj", {1}, {1})).target->device);
  EXPECT_EQ(Name("Linear"), mapping.find(layer("k_proj", {1}, {1})).key);
  EXPECT_EQ(nullptr, mapping.find(layer("k_proj", {1}, {1}, "Conv2d")).target);
}

TEST(MappingTest, AMapKeyIsTheOnlyKeyLookedUp) {
  Mapping mapping;
  mapping.set(Name("norm"), {1, false, false});
  mapping.set(Name("UPM_LlamaRMSNorm"), {2, false, false});
  LayerEvent norm = layer("norm", {1}, {1}, "LlamaRMSNorm");
  EXPECT_EQ(1U, mapping.find(norm).target->device);
  norm.map_key = Name("UPM_LlamaRMSNorm");
  EXPECT_EQ(2U, mapping.find(norm).target->device);
  norm.map_key = Name("somewhere_else");
  EXPECT_EQ(nullptr, mapping.find(norm).target);
}

TEST(MappingTest, TheDefaultTakesWhatIsNotNamed) {
  Mapping mapping;
  mapping.set(Name("q_proj"), {1, false, false});
  mapping.set_default(3);
  const Mapping::Found found = mapping.find(layer("v_proj", {1}, {1}));
  ASSERT_NE(nullptr, found.target);
  EXPECT_EQ(3U, found.target->device);
  EXPECT_FALSE(found.target->transfer_point);
  EXPECT_TRUE(found.key.empty());
}
