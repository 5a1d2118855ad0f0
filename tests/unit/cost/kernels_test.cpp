// Kernels that no layer stands for: every number is worked out by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/efficiency/efficiency_form.hpp"
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

// Two experts with a row each: 8 numbers wide, 20 inside. Their kernel takes 30 us, 1 us an expert, arithmetic at a
// half and weights at 0.8 of the peaks, of which sqrt(a² + b²) is waited for, and rows at half of the bandwidth.
class ExpertKernelTest : public ::testing::Test {
 protected:
  ExpertKernelTest() {
    device_.efficiency.fitted.push_back({find_form("experts"), NumberFormat::bfloat16, {30, 0.5, 0.8, 2, 0.5, 0, 1}});
  }

  static LayerEvent product(const Shape& input, const Shape& weight, const Shape& output, operation::ExpertKernel part,
                            bool is_router = false) {
    operation::Product product;
    product.experts = part;
    product.is_router = is_router;
    return with(layer("Linear", "a", input, weight, output), product);
  }
  static LayerEvent gate_up() { return product({1, 8}, {8, 40}, {1, 40}, operation::ExpertKernel::In); }
  static LayerEvent down() { return product({1, 20}, {20, 8}, {1, 8}, operation::ExpertKernel::Out); }
  static LayerEvent between() {
    Pointwise gated{Pointwise::Function::Silu};
    gated.gated = gated.in_experts = true;
    return with(function("act_and_mul", "act_and_mul", {1, 20}, {1, 20}), gated);
  }
  static LayerEvent router(operation::ExpertKernel part) { return product({2, 8}, {8, 2}, {2, 2}, part, true); }

  Step on_device(const LayerEvent& event) const {
    return RooflineModel(options()).cost(event, device_, prefill_state)[0];
  }
  static double time_s(const Step& step) { return step.overhead_s + std::max(step.compute.time_s, step.memory.time_s); }

  Architecture device_ = plain_device();
};

// gate_up: 640 flop in 0.64 ns, 640 bytes in 8 ns, 16 bytes of a row in 0.32 ns. down: half of that, and a row out.
TEST_F(ExpertKernelTest, EachHasItsPart) {
  EXPECT_NEAR(time_s(on_device(gate_up())), std::hypot(0.64e-9, 8e-9) + 0.32e-9 + 2e-6 / 3, 1e-18);
  EXPECT_NEAR(time_s(on_device(down())), std::hypot(0.32e-9, 4e-9) + 0.32e-9 + 1e-6 / 3, 1e-18);
  EXPECT_NEAR(time_s(on_device(between())), 2.4e-9, 1e-20) << "120 bytes";
  EXPECT_EQ(on_device(gate_up()).flop, 640);
  EXPECT_EQ(on_device(gate_up()).memory_bytes, 640 + 2 * 48);
}

TEST_F(ExpertKernelTest, TheirSumIsTheKernels) {
  const double parts_s = 2 * (time_s(on_device(gate_up())) + time_s(on_device(between())) + time_s(on_device(down()))) +
                         on_device(router(operation::ExpertKernel::Before)).overhead_s;
  const ExpertSizes whole{2 * 960, 2 * 960, 2, 2 * 2 * (2 * 8 + 3 * 20), 0};
  const double whole_s =
      device_.efficiency.time(whole, NumberFormat::bfloat16, device_.rates(NumberFormat::bfloat16))->total_s();
  EXPECT_NEAR(parts_s / whole_s, 1, 1e-12);
  EXPECT_NEAR(whole_s, 32e-6 + std::hypot(1.92e-9, 24e-9) + 6.08e-9, 1e-18);
}

TEST_F(ExpertKernelTest, TheRouterLaunchesIt) {
  const Step before = on_device(router(operation::ExpertKernel::Before));
  const Step alone = on_device(router(operation::ExpertKernel::None));
  EXPECT_NEAR(before.overhead_s - alone.overhead_s, 30e-6, 1e-18);
  EXPECT_EQ(before.compute.time_s, alone.compute.time_s);
  EXPECT_EQ(before.memory.time_s, alone.memory.time_s);
}

TEST_F(ExpertKernelTest, ADeviceThatDoesNotKnowItHasProducts) {
  device_.efficiency.fitted.clear();
  EXPECT_EQ(time_s(on_device(gate_up())),
            time_s(on_device(product({1, 8}, {8, 40}, {1, 40}, operation::ExpertKernel::None))));
  EXPECT_EQ(on_device(router(operation::ExpertKernel::Before)).overhead_s, 0);
  EXPECT_EQ(time_s(on_device(between())), 1.2e-9);
}

// Weights of 4 bits whose kernel has numbers of its own, whatever the activations are in, and may compute faster.
TEST_F(ExpertKernelTest, Mxfp4HasItsOwn) {
  device_.flops_per_s_by_format = {{NumberFormat::mxfp4, 8e12}};
  device_.efficiency.fitted.push_back({find_form("experts"), NumberFormat::mxfp4, {10, 1, 1, 1000, 0, 0, 0}});
  CostOptions all = options();
  all.weight_dtype = NumberFormat::mxfp4;
  const RooflineModel model(all);
  const Step step =
      model.cost(product({100, 8}, {8, 40}, {100, 40}, operation::ExpertKernel::In), device_, prefill_state)[0];
  EXPECT_NEAR(step.compute.time_s, 64'000 / 8e12, 1e-20);
  EXPECT_NEAR(step.memory.time_s, (320 * 4.25 / 8 + 2 * 100 * 48) / 100e9, 1e-20);
  EXPECT_EQ(model.ratings(device_).flops_per_s, 8e12);
  EXPECT_NEAR(model.cost(router(operation::ExpertKernel::Before), device_, prefill_state)[0].overhead_s, 10e-6, 1e-18);
}

}  // namespace upmem_des::test
