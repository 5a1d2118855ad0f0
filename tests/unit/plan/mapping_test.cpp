#include "plan/mapping.hpp"

#include <gtest/gtest.h>

#include "support/fixed_cost.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using test::layer;

namespace {

MapTarget on(std::vector<DeviceIndex> devices, bool transfer_point = false) {
  MapTarget target;
  target.devices = std::move(devices);
  target.transfer_point = transfer_point;
  return target;
}

DeviceIndex first_device(const Mapping::Found& found) {
  return found.target == nullptr ? 999 : found.target->device();
}

}  // namespace

TEST(MappingTest, LooksUpTheNameThenTheType) {
  Mapping mapping;
  mapping.set(Name("Linear"), on({1}));
  mapping.set(Name("q_proj"), on({2}, true));
  EXPECT_EQ(2U, mapping.find(layer("q_proj", {1}, {1})).target->device());
  EXPECT_EQ(Name("q_proj"), mapping.find(layer("q_proj", {1}, {1})).key);
  EXPECT_EQ(1U, mapping.find(layer("k_proj", {1}, {1})).target->device());
  EXPECT_EQ(Name("Linear"), mapping.find(layer("k_proj", {1}, {1})).key);
  EXPECT_EQ(nullptr, mapping.find(layer("k_proj", {1}, {1}, "Conv2d")).target);
}

TEST(MappingTest, ACacheIsWrittenWhereAttentionIs) {
  LayerEvent write = layer("cache_write", {1}, {1}, "reshape_and_cache");
  const Operation operation = operation::CacheWrite{};
  write.operation = &operation;
  Mapping mapping;
  mapping.set_default(5);
  EXPECT_EQ(mapping.find(write).target->device(), 5U);
  mapping.set(Name("scaled_dot_product_attention"), on({1}));
  EXPECT_EQ(mapping.find(write).target->device(), 1U);
  mapping.set(Name("attn_output"), on({2}));
  EXPECT_EQ(mapping.find(write).target->device(), 2U);
  mapping.set(Name("reshape_and_cache"), on({3}));
  EXPECT_EQ(mapping.find(write).target->device(), 3U);
  mapping.set(Name("cache_write"), on({4}));
  EXPECT_EQ(mapping.find(write).target->device(), 4U);
}

TEST(MappingTest, WhatSamplesStaysWhereTheLogitsAreUnlessItIsNamed) {
  Mapping mapping;
  mapping.set_default(3);
  mapping.set(Name("lm_head"), on({2}));
  LayerEvent sampler = layer("sampler", {1, 100}, {1, 1}, "sampler");
  operation::Pointwise pointwise;
  pointwise.last_rows = true;
  const Operation operation = pointwise;
  sampler.operation = &operation;
  EXPECT_EQ(mapping.find(sampler).target, nullptr);
  mapping.set(Name("sampler"), on({4}));
  ASSERT_NE(mapping.find(sampler).target, nullptr);
  EXPECT_EQ(mapping.find(sampler).target->device(), 4U);
}

TEST(MappingTest, AMapKeyIsTheOnlyKeyLookedUp) {
  Mapping mapping;
  mapping.set(Name("norm"), on({1}));
  mapping.set(Name("UPM_LlamaRMSNorm"), on({2}));
  LayerEvent norm = layer("norm", {1}, {1}, "LlamaRMSNorm");
  EXPECT_EQ(1U, mapping.find(norm).target->device());
  norm.map_key = Name("UPM_LlamaRMSNorm");
  EXPECT_EQ(2U, mapping.find(norm).target->device());
  norm.map_key = Name("somewhere_else");
  EXPECT_EQ(nullptr, mapping.find(norm).target);
}

TEST(MappingTest, TheDefaultTakesWhatIsNotNamed) {
  Mapping mapping;
  mapping.set(Name("q_proj"), on({1}));
  mapping.set_default(3);
  const Mapping::Found found = mapping.find(layer("v_proj", {1}, {1}));
  ASSERT_NE(nullptr, found.target);
  EXPECT_EQ(3U, found.target->device());
  EXPECT_FALSE(found.target->transfer_point);
  EXPECT_TRUE(found.key.empty());
}

TEST(MappingTest, ExpertsThenLayersThenTheDefault) {
  Mapping mapping;
  mapping.set(Name("w2"), on({1}));
  mapping.common().set_experts(on({2, 3}));
  mapping.common().add_layers(0, 3, on({4}));
  mapping.common().add_layers(4, 7, on({5}));
  mapping.set_default(6);
  LayerEvent expert = layer("w1", {1}, {1});
  expert.experts = {7};
  EXPECT_EQ(2U, first_device(mapping.find(expert, Phase::Prefill, 2)));
  LayerEvent named = layer("w2", {1}, {1});
  named.experts = {7};
  EXPECT_EQ(1U, first_device(mapping.find(named, Phase::Prefill, 2)));
  LayerEvent router = layer("softmax", {1}, {1});
  router.experts = {1, 7};  // what a router chose, not what it belongs to
  EXPECT_EQ(4U, first_device(mapping.find(router, Phase::Prefill, 3)));
  EXPECT_EQ(5U, first_device(mapping.find(layer("q_proj", {1}, {1}), Phase::Prefill, 4)));
  EXPECT_EQ(6U, first_device(mapping.find(layer("q_proj", {1}, {1}), Phase::Prefill, 8)));
  EXPECT_EQ(6U, first_device(mapping.find(layer("lm_head", {1}, {1}), Phase::Prefill, std::nullopt)));
}

TEST(MappingTest, APhasesSectionIsAskedFirstWithItsDefault) {
  Mapping mapping;
  mapping.set(Name("norm"), on({1}));
  mapping.set_default(2);
  mapping.of(Phase::Decode).set_default(on({3}));
  const LayerEvent norm = layer("norm", {1}, {1});
  EXPECT_EQ(1U, first_device(mapping.find(norm, Phase::Prefill)));
  EXPECT_EQ(3U, first_device(mapping.find(norm, Phase::Decode)));
  EXPECT_EQ(2U, first_device(mapping.find(layer("x", {1}, {1}), Phase::Prefill)));
}

TEST(MappingTest, TheStageIsTheLayerRangeWhateverMatched) {
  Mapping mapping;
  mapping.set(Name("norm"), on({1}));
  mapping.common().add_layers(0, 3, on({4}));
  mapping.common().add_layers(4, 7, on({5}));
  EXPECT_EQ(1U, mapping.find(layer("norm", {1}, {1}), Phase::Prefill, 6).stage);
  EXPECT_EQ(0U, mapping.find(layer("q_proj", {1}, {1}), Phase::Prefill, 0).stage);
  EXPECT_EQ(std::nullopt, mapping.find(layer("q_proj", {1}, {1}), Phase::Prefill, 8).stage);
}

TEST(MappingTest, TellsAllDevicesThatItNames) {
  Mapping mapping;
  mapping.set(Name("a"), on({5, 2}));
  mapping.set_default(2);
  mapping.common().set_experts(on({7}));
  mapping.common().add_layers(0, 1, on({3}));
  mapping.of(Phase::Decode).set(Name("a"), on({1}));
  EXPECT_EQ((std::vector<DeviceIndex>{1, 2, 3, 5, 7}), mapping.devices());
}
