#include "plan/demand_cache.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "cost/reference_model.hpp"
#include "cost/roofline_model.hpp"
#include "platform/generated_platform.hpp"
#include "support/fixed_cost.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Counts how often it is asked.
class CountingCost : public FixedCost {
 public:
  explicit CountingCost(bool by_sizes)
      : FixedCost([this](const LayerEvent& event, const Architecture& device, const CostState&) {
          ++asked;
          return Demand(product(device, event.input_shape.elements(), 1));
        }),
        by_sizes_(by_sizes) {}

  bool costs_by_sizes(const LayerEvent& /*event*/) const override { return by_sizes_; }

  mutable int asked = 0;

 private:
  bool by_sizes_;
};

struct Bench {
  explicit Bench(bool by_sizes) : model(by_sizes) {}

  DemandCache::Found find(const LayerEvent& event, DeviceIndex on = 1, const CostState& state = {}) {
    return cache.find(event, on, state);
  }

  CountingCost model;
  PlatformSpec platform = generate_platform(
      {device("HOST"), device("A"), device("B")}, [this](const Architecture& p) { return model.ratings(p); }, false);
  DemandCache cache{model, platform};
};

}  // namespace

TEST(DemandCache, ALayerThatRepeatsIsCostedOnce) {
  Bench bench(true);
  LayerEvent event = layer("q_proj", {4, 8}, {4, 8});
  EXPECT_FALSE(bench.find(event).repeats);
  event.seq = 7;
  event.id = 9;
  event.step = 3;
  event.path = Name("layers.5.q_proj");
  event.deps = {1, 2};
  event.start_ns = 5;
  const DemandCache::Found again = bench.find(event);
  EXPECT_TRUE(again.repeats);
  EXPECT_EQ(0U, again.kind);
  ASSERT_EQ(1U, again.demand->size());
  EXPECT_DOUBLE_EQ(32, (*again.demand)[0].flop);
  EXPECT_EQ(1, bench.model.asked);
}

TEST(DemandCache, WhateverACostMayDependOnIsLookedAt) {
  const LayerEvent plain = layer("conv", {4, 8}, {4, 8});
  const std::vector<std::function<void(LayerEvent&)>> changes = {
      [](LayerEvent& event) { event.kind = EventKind::Function; },
      [](LayerEvent& event) {
        event.input_shape = Shape{4, 9};
      },
      [](LayerEvent& event) {
        event.input_shape = Shape{4, 8, 1};
      },
      [](LayerEvent& event) {
        event.output_shape = Shape{5, 8};
      },
      [](LayerEvent& event) {
        event.weight_shape = Shape{8, 9};
      },
      [](LayerEvent& event) { event.weight_shape.reset(); },
      [](LayerEvent& event) { event.kv_length = 3; },
      [](LayerEvent& event) {
        event.stride = {{1, 2}};
      },
      [](LayerEvent& event) {
        event.padding = {{1, 2}};
      },
      [](LayerEvent& event) { event.causal = false; },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Bench bench(true);
    bench.find(plain);
    LayerEvent changed = plain;
    changes[i](changed);
    EXPECT_FALSE(bench.find(changed).repeats) << i;
    EXPECT_TRUE(bench.find(changed).repeats) << i;
    EXPECT_FALSE(bench.find(plain).repeats) << i;  // the latest demand is kept, and no other
    EXPECT_EQ(3, bench.model.asked) << i;
  }
}

TEST(DemandCache, SoAreTheDeviceAndTheState) {
  Bench bench(true);
  const LayerEvent event = layer("conv", {4, 8}, {4, 8});
  bench.find(event, 1);
  EXPECT_FALSE(bench.find(event, 2).repeats);
  EXPECT_FALSE(bench.find(event, 2, {Phase::Decode, 0}).repeats);
  EXPECT_FALSE(bench.find(event, 2, {Phase::Decode, 1}).repeats);
  EXPECT_TRUE(bench.find(event, 2, {Phase::Decode, 1}).repeats);
  EXPECT_FALSE(bench.find(event, 2, {Phase::Decode, 1, 8}).repeats);
  EXPECT_FALSE(bench.find(event, 2, {Phase::Decode, 1, 8}).repeats);
}

TEST(DemandCache, KindsAreANameAndAType) {
  Bench bench(true);
  const LayerEvent a = layer("a", {1}, {1}), b = layer("b", {1}, {1}), c = layer("a", {1}, {1}, "Norm");
  EXPECT_EQ(0U, bench.find(a).kind);
  EXPECT_EQ(1U, bench.find(b).kind);
  EXPECT_EQ(2U, bench.find(c).kind);
  for (const LayerEvent* event : {&c, &a, &b, &a, &c}) EXPECT_TRUE(bench.find(*event).repeats);
  EXPECT_EQ(0U, bench.find(a).kind);
  EXPECT_EQ(2U, bench.find(c).kind);
}

TEST(DemandCache, AModelThatDoesNotAllowItIsAskedEachTime) {
  Bench bench(false);
  const LayerEvent event = layer("q_proj", {4, 8}, {4, 8});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(bench.find(event).repeats);
  EXPECT_EQ(3, bench.model.asked);
}

TEST(DemandCache, BuiltInRulesAllowItAndOthersOnlyWhereTheySaySo) {
  register_operator("ByPath", [](const OperatorCall& call) { return OperatorWork{double(call.event.seq), 0, 0, 0}; });
  Operator by_sizes([](const OperatorCall&) { return OperatorWork{1, 0, 0, 0}; });
  by_sizes.by_sizes = true;
  register_operator("BySizes", by_sizes);
  const RooflineModel roofline{CostOptions()};
  const auto by_sizes_of = [](const CostModel& model, const char* type) {
    LayerEvent event = layer("x", {4, 8}, {4, 8});
    event.type = Name(type);
    return model.costs_by_sizes(event);
  };
  EXPECT_TRUE(by_sizes_of(roofline, "Linear"));
  EXPECT_TRUE(by_sizes_of(roofline, "scaled_dot_product_attention"));
  EXPECT_TRUE(by_sizes_of(roofline, "BySizes"));
  EXPECT_FALSE(by_sizes_of(roofline, "ByPath"));
  EXPECT_TRUE(by_sizes_of(roofline, "Unknown")) << "if it is priced at all";
  EXPECT_TRUE(by_sizes_of(ReferenceModel{CostOptions()}, "Linear"));
}

/// Of packed experts a call reads those that it names.
TEST(DemandCache, HowManyExpertsAreNamedCounts) {
  Bench bench(true);
  LayerEvent event = layer("experts", {4, 8}, {4, 8});
  event.experts = {1, 2};
  EXPECT_FALSE(bench.find(event).repeats);
  event.experts = {0, 3};
  EXPECT_TRUE(bench.find(event).repeats);
  event.experts = {3};
  EXPECT_FALSE(bench.find(event).repeats);
}
