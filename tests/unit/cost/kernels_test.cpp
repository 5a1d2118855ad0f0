// Kernels that no layer stands for: every number is worked out by hand.
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des::test {

namespace {

using operation::Norm;
using operation::Pointwise;

LayerEvent with(LayerEvent event, const Operation& operation) {
  event.operation = &keep(operation);
  return event;
}

Step step_of(const LayerEvent& event, const CostOptions& all = options(), const CostState& state = prefill_state) {
  return RooflineModel(all).cost(event, plain_device(), state)[0];
}

ElementwiseSizes sizes_of(const LayerEvent& event) {
  return std::get<ElementwiseSizes>(*RooflineModel(options()).kernel_sizes(event));
}

}  // namespace

// 2 · 3 rows, 4 query heads, 2 of keys and 2 of values, of 8 numbers, of which 6 are turned.
TEST(RotateTest, TurnsQueriesAndKeys) {
  const LayerEvent event =
      with(function("rotary_embedding", "rotary", {2, 3, 8, 8}, {2, 3, 8, 8}), operation::Rotate{6, 2, false});
  const Step step = step_of(event);
  EXPECT_EQ(step.flop, 3 * 6 * (4 + 2) * 6);
  EXPECT_EQ(step.memory_bytes, 2 * 6 * 6 * (2 * 6 + 1)) << "read, written; a cosine or sine for each number of a row";
  EXPECT_EQ(step.kv_bytes, 0);
  EXPECT_EQ(sizes_of(event).kind, ElementwiseSizes::Kind::Rotary);
  EXPECT_EQ(sizes_of(event).bytes, 2 * 6 * 6 * 13);
  EXPECT_EQ(sizes_of(event).width, 8 * 6);
}

// A device with one query head, and the one of keys and values that goes with it.
TEST(RotateTest, OfADeviceItsOwnHeads) {
  const LayerEvent event =
      with(function("rotary_embedding", "rotary", {2, 3, 3, 8}, {2, 3, 3, 8}), operation::Rotate{6, 2, false});
  CostState state = prefill_state;
  state.held_key_value_heads = 1;
  EXPECT_EQ(step_of(event, options(), state).flop, 3 * 6 * (1 + 1) * 6);
}

TEST(RotateTest, OneKeyOfAllHeads) {
  const LayerEvent event =
      with(function("rotary_embedding", "rotary", {2, 3, 4, 24}, {2, 3, 4, 24}), operation::Rotate{8, 0, true});
  EXPECT_EQ(step_of(event).flop, 3 * 6 * (4 + 1) * 8);
  EXPECT_EQ(step_of(event).memory_bytes, 2 * 6 * 8 * (2 * 5 + 1));
}

// 6 rows of 2 heads, keys and values of 8 numbers each.
TEST(CacheWriteTest, ReadsActivationsAndWritesTheCachesFormat) {
  const LayerEvent event =
      with(function("reshape_and_cache", "cache_write", {2, 3, 2, 16}, {2, 3, 2, 16}), operation::CacheWrite{});
  CostOptions all = options();
  all.kv_dtype = NumberFormat::int8;
  const Step step = step_of(event, all);
  EXPECT_EQ(step.flop, 0);
  EXPECT_EQ(step.memory_bytes, 8 * 6 + (2 + 1) * 6 * 32) << "a place for each row";
  EXPECT_EQ(sizes_of(event).kind, ElementwiseSizes::Kind::Gather);
  EXPECT_EQ(sizes_of(event).bytes, 8 * 6 + (2 + 2) * 6 * 32);
}

TEST(AddingNormTest, ReadsTwoTensorsAndWritesTwo) {
  const LayerEvent plain = with(layer("LlamaRMSNorm", "norm", {2, 3, 8}, {8, 8}, {2, 3, 8}), Norm{Norm::Kind::Rms});
  const LayerEvent adding =
      with(layer("LlamaRMSNorm", "norm", {2, 3, 8}, {8, 8}, {2, 3, 8}), Norm{Norm::Kind::Rms, true});
  EXPECT_EQ(step_of(plain).flop, 4 * 48);
  EXPECT_EQ(step_of(adding).flop, 5 * 48);
  EXPECT_EQ(step_of(plain).memory_bytes, 2 * (8 + 2 * 48));
  EXPECT_EQ(step_of(adding).memory_bytes, 2 * (8 + 4 * 48));
  EXPECT_EQ(sizes_of(adding).kind, ElementwiseSizes::Kind::Norm);
  EXPECT_EQ(sizes_of(adding).bytes, 2 * (8 + 4 * 48));
}

TEST(GatedActivationTest, ReadsGateAndUp) {
  const auto event = [](Pointwise::Function function_of, bool gated) {
    Pointwise pointwise{function_of};
    pointwise.gated = gated;
    return with(function("act_and_mul", "act_and_mul", {2, 3, 8}, {2, 3, 8}), pointwise);
  };
  EXPECT_EQ(step_of(event(Pointwise::Function::Silu, false)).memory_bytes, 2 * 2 * 48);
  EXPECT_EQ(step_of(event(Pointwise::Function::Silu, true)).memory_bytes, 2 * 3 * 48);
  EXPECT_EQ(step_of(event(Pointwise::Function::Silu, true)).flop, (5 + 1) * 48);
  EXPECT_EQ(step_of(event(Pointwise::Function::GeluTanh, true)).flop, (9 + 1) * 48);
  EXPECT_EQ(step_of(event(Pointwise::Function::ClampedGlu, true)).flop, 11 * 48) << "it has the product already";
  EXPECT_EQ(sizes_of(event(Pointwise::Function::Silu, true)).kind, ElementwiseSizes::Kind::Gated);
}

TEST(ResidualTest, IsAnAddition) {
  const LayerEvent event =
      with(function("add", "residual_add", {2, 3, 8}, {2, 3, 8}), Pointwise{Pointwise::Function::Residual});
  EXPECT_EQ(step_of(event).flop, 48);
  EXPECT_EQ(step_of(event).memory_bytes, 2 * 3 * 48);
  EXPECT_EQ(sizes_of(event).kind, ElementwiseSizes::Kind::Add);
}

}  // namespace upmem_des::test
