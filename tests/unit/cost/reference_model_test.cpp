#include "cost/reference_model.hpp"

#include <gtest/gtest.h>

#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

Demand cost(const LayerEvent& event, const CostState& state = prefill_state, const CostOptions& with = options(),
            const Architecture& device = plain_device()) {
  return ReferenceModel(with).cost(event, device, state);
}

TEST(Reference, LinearCountsInFeaturesTwice) {
  // 3 rows of 4, weight [4, 10]: 12 * 4 * 2 = 96 flop (the right formula: 3 * 4 * 10 * 2 = 240); 2 * 40 = 80 bytes.
  const Demand demand = cost(layer("Linear", "q_proj", {1, 3, 4}, {4, 10}, {1, 3, 10}));
  ASSERT_EQ(demand.size(), 1U);
  EXPECT_EQ(demand[0].unit, ComputeUnit::Arithmetic);
  EXPECT_DOUBLE_EQ(demand[0].flop, 96);
  EXPECT_DOUBLE_EQ(demand[0].compute.time_s, 96 / 2e12);
  EXPECT_DOUBLE_EQ(demand[0].compute.energy_J, 96 * 0.5e-12);
  EXPECT_DOUBLE_EQ(demand[0].memory_bytes, 80);
  EXPECT_DOUBLE_EQ(demand[0].memory.time_s, 80 / 100e9);
  EXPECT_DOUBLE_EQ(demand[0].memory.energy_J, 80 * 10e-12);
  EXPECT_EQ(demand[0].kv.time_s, 0);
  EXPECT_DOUBLE_EQ(demand.time_s(), 0.8e-9);  // 80 bytes take 0.8 ns, 96 flop 0.048 ns
}

TEST(Reference, LinearSeesAllSizesInFlop) {
  // Five sizes: 2 * 1 * 1 * 3 * 4 = 24 elements * 4 * 2 = 192.
  EXPECT_DOUBLE_EQ(cost(layer("Linear", "x", {2, 1, 1, 3, 4}, {4, 10}, {2, 1, 1, 3, 10}))[0].flop, 192);
}

TEST(Reference, ExpertWithoutTokensLoadsItsWeights) {
  const Demand demand = cost(layer("Linear", "w1", {0, 4}, {4, 10}, {0, 10}));
  EXPECT_EQ(demand[0].flop, 0);
  EXPECT_DOUBLE_EQ(demand.time_s(), 0.8e-9);
}

TEST(Reference, EveryOtherLayerIsAProduct) {
  for (const char* type : {"Embedding", "LlamaRotaryEmbedding", "NewGELUActivation", "NeverHeardOf"}) {
    const Demand demand = cost(layer(type, "x", {1, 6}, {1, 1}, {1, 6, 16}));  // 6 * 1 * 2 flop, 2 * 1 bytes
    EXPECT_DOUBLE_EQ(demand[0].flop, 12) << type;
    EXPECT_DOUBLE_EQ(demand[0].memory_bytes, 2) << type;
  }
}

TEST(Reference, DataTypeChangesBytesAndInt4ThePeak) {
  const LayerEvent event = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});  // 4 * 4 * 2 = 32 flop, 40 weights
  const auto step = [&](NumberFormat type) { return cost(event, prefill_state, options(type))[0]; };
  EXPECT_DOUBLE_EQ(step(NumberFormat::int4).memory_bytes, 20);
  EXPECT_DOUBLE_EQ(step(NumberFormat::int8).memory_bytes, 40);
  EXPECT_DOUBLE_EQ(step(NumberFormat::float32).memory_bytes, 160);
  EXPECT_DOUBLE_EQ(step(NumberFormat::int4).compute.time_s, 32 / 8e12);
  EXPECT_DOUBLE_EQ(step(NumberFormat::int8).compute.time_s, 32 / 2e12);
  EXPECT_DOUBLE_EQ(step(NumberFormat::int4).compute.energy_J, step(NumberFormat::int8).compute.energy_J);
}

TEST(Reference, IgnoresWhatTheToolDoesNotKnow) {
  Architecture device = plain_device();
  device.compute_efficiency = 0.5;
  device.memory_efficiency = 0.25;
  device.launch_overhead_s = 1;
  CostOptions narrow_cache = options();
  narrow_cache.kv_dtype = NumberFormat::int4;
  const LayerEvent linear = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});
  EXPECT_EQ(cost(linear, prefill_state, options(), device).time_s(), cost(linear).time_s());
  const LayerEvent attention = function("scaled_dot_product_attention", "attn_output", {1, 2, 6, 4}, {1, 2, 1, 4});
  EXPECT_EQ(cost(attention, decode_state(5), narrow_cache)[0].kv_bytes, cost(attention, decode_state(5))[0].kv_bytes);
}

TEST(Reference, LayerNorm) {
  // 2 * 6 * 24 = 288 elements * 1500 flop; one number is loaded.
  const Demand demand = cost(layer("LayerNorm", "ln", {2, 6, 24}, {1, 1}, {2, 6, 24}));
  EXPECT_EQ(demand[0].unit, ComputeUnit::Arithmetic);
  EXPECT_DOUBLE_EQ(demand[0].flop, 432000);
  EXPECT_DOUBLE_EQ(demand[0].memory_bytes, 2);
  EXPECT_DOUBLE_EQ(demand.time_s(), 432000 / 2e12);
}

TEST(Reference, ConvolutionTakesWidthForHeight) {
  LayerEvent event = layer("Conv2d", "conv", {2, 3, 16, 20}, {3, 5}, {2, 8, 16, 11});
  event.stride = {1, 2};
  event.padding = {0, 2};
  // W = 20 + 4 = 24; x = ceil(23 / 2) = 12; y = ceil(23 / 1) = 23; 2 * 2 * 3 * 15 = 180; 180 * 12 * 23 = 49680.
  const Demand demand = cost(event);
  EXPECT_DOUBLE_EQ(demand[0].flop, 49680);
  EXPECT_DOUBLE_EQ(demand[0].memory_bytes, 30);
  event.padding.reset();
  EXPECT_EQ(error_of([&] { cost(event); }),
            "Conv2d 'conv' (event 12): no stride and padding; its cost follows from them");
}

TEST(Reference, ElementwiseOperatorsTakeTheirTimePerElement) {
  // 2 * 3 * 8 = 48 elements, of 1500 flop each in energy: 48 * 1500 * 0.5 pJ = 36 nJ.
  const LayerEvent softmax = function("softmax", "probs", {2, 3, 8}, {2, 3, 8});
  const LayerEvent silu = layer("SiLUActivation", "return", {2, 3, 8}, {1, 1}, {2, 3, 8});
  const LayerEvent norm = layer("LlamaRMSNorm", "norm", {2, 3, 8}, {8, 8}, {2, 3, 8});
  for (const LayerEvent& event : {softmax, silu, norm}) {
    const Demand demand = cost(event, prefill_state, options(), vector_device());
    ASSERT_EQ(demand.size(), 1U);
    EXPECT_EQ(demand[0].unit, ComputeUnit::Vector);
    EXPECT_DOUBLE_EQ(demand[0].flop, 72000);
    EXPECT_DOUBLE_EQ(demand[0].compute.energy_J, 36e-9);
    EXPECT_EQ(demand[0].memory_bytes, 0);
  }
  const auto time = [](const LayerEvent& event, const Architecture& device) {
    return cost(event, prefill_state, options(), device).time_s();
  };
  EXPECT_DOUBLE_EQ(time(softmax, vector_device()), 48 * 0.1e-9);
  EXPECT_DOUBLE_EQ(time(silu, vector_device()), 48 * 0.2e-9);
  EXPECT_DOUBLE_EQ(time(norm, vector_device()), 48 * 0.4e-9);
  // A profile that gives none has those of one PIM chip.
  EXPECT_DOUBLE_EQ(time(softmax, plain_device()), 48 * 0.4e-9);
  EXPECT_DOUBLE_EQ(time(silu, plain_device()), 48 * 0.6e-9);
  EXPECT_DOUBLE_EQ(time(norm, plain_device()), 48 * 1.1e-9);
}

TEST(Reference, RmsNormTakesItsWidthFromTheWeight) {
  const Demand demand = cost(layer("LlamaRMSNorm", "norm", {2, 3, 8}, {8, 16}, {2, 3, 8}));
  EXPECT_DOUBLE_EQ(demand.time_s(), 2 * 3 * 16 * 1.1e-9);
  EXPECT_DOUBLE_EQ(demand[0].flop, 2 * 3 * 16 * 1500.0);
}

TEST(Reference, AttentionInPrefillCountsTheBatchForTheKeys) {
  // Key [2, 4, 6, 8], 6 queries: 2 * 4 * 6 * 8 = 384 query elements; scores 384 * 2 * 2 = 1536 flop, output the same.
  const LayerEvent event = function("scaled_dot_product_attention", "attn_output", {2, 4, 6, 8}, {2, 4, 6, 8});
  CostOptions with = options();
  with.num_key_value_heads = 2;
  with.sliding_window = 3;
  const Demand demand = cost(event, prefill_state, with);
  ASSERT_EQ(demand.size(), 2U);
  for (const Step& step : demand) {
    EXPECT_DOUBLE_EQ(step.flop, 1536);
    EXPECT_EQ(step.memory_bytes, 0);
    EXPECT_EQ(step.kv_bytes, 0);
  }
  EXPECT_DOUBLE_EQ(demand.time_s(), 3072 / 2e12);
}

TEST(Reference, AttentionOfThreeSizesTakesTheFirstForTheSecondProduct) {
  // Key [4, 6, 8] is (b, h, r, c) = (1, 4, 6, 8); 6 queries: 1 * 4 * 6 * 8 = 192; 192 * 1 * 2, then 192 * 4 * 2.
  const Demand demand = cost(function("scaled_dot_product_attention", "x", {4, 6, 8}, {4, 6, 8}));
  EXPECT_DOUBLE_EQ(demand[0].flop, 384);
  EXPECT_DOUBLE_EQ(demand[1].flop, 1536);
  // Two sizes in the output: one query. (1, 1, 6, 8): 8 * 1 * 2 and 8 * 6 * 2.
  const Demand flat = cost(function("scaled_dot_product_attention", "x", {6, 8}, {6, 8}));
  EXPECT_DOUBLE_EQ(flat[0].flop, 16);
  EXPECT_DOUBLE_EQ(flat[1].flop, 96);
}

TEST(Reference, AttentionInDecodeLoadsTwoBytesAnElement) {
  const LayerEvent event = function("scaled_dot_product_attention", "attn_output", {2, 4, 6, 8}, {2, 4, 1, 8});
  const auto step = [&](const CostOptions& with) {
    const Demand demand = cost(event, decode_state(5), with);
    EXPECT_EQ(demand.size(), 2U);
    EXPECT_EQ(demand[0].kv_bytes, demand[1].kv_bytes);
    return demand[0];
  };
  // Keys: 2 * 4 * 6 * 8 = 384 elements of 2 bytes, also for int8. Products: 2 * 4 * 1 * 8 = 64, * 2 * 2 = 256 flop.
  EXPECT_DOUBLE_EQ(step(options()).kv_bytes, 768);
  EXPECT_DOUBLE_EQ(step(options(NumberFormat::int8)).kv_bytes, 768);
  EXPECT_DOUBLE_EQ(step(options()).kv.energy_J, 768 * 10e-12);
  EXPECT_DOUBLE_EQ(step(options()).flop, 256);
  // Time: keys beside the first product (7.68 ns against 0.128 ns), then values beside the second.
  EXPECT_DOUBLE_EQ(cost(event, decode_state(5)).time_s(), 2 * 7.68e-9);
}

TEST(Reference, WindowReplacesTheRowsAndHeadsShrinkTheProducts) {
  const LayerEvent event = function("scaled_dot_product_attention", "attn_output", {2, 4, 6, 8}, {2, 4, 1, 8});
  const auto kv_bytes = [&](std::int64_t window) {
    CostOptions with = options();
    with.sliding_window = window;
    return cost(event, decode_state(5), with)[0].kv_bytes;
  };
  EXPECT_DOUBLE_EQ(kv_bytes(3), 2 * 2 * 4 * 3 * 8);
  EXPECT_DOUBLE_EQ(kv_bytes(6), 2 * 2 * 4 * 6 * 8);
  EXPECT_DOUBLE_EQ(kv_bytes(100), 2 * 2 * 4 * 100 * 8);  // longer than the cache, and not cut
  CostOptions with = options();
  with.num_key_value_heads = 2;
  const Demand demand = cost(event, decode_state(5), with);
  EXPECT_DOUBLE_EQ(demand[0].kv_bytes, 2 * 2 * 2 * 6 * 8);
  EXPECT_DOUBLE_EQ(demand[0].flop, 2 * 2 * 1 * 8 * 2 * 2);  // half of 256: not so in truth
}

TEST(Reference, MatmulCountsTheFirstSizeOfItsOutput) {
  // 2 * 4 * 6 * 8 = 384 elements * 2 (the batch) * 2 = 1536 flop.
  const LayerEvent scores = function("matmul", "attn_weights", {2, 4, 6, 8}, {2, 4, 6, 6});
  const Demand prefill = cost(scores);
  ASSERT_EQ(prefill.size(), 1U);
  EXPECT_DOUBLE_EQ(prefill[0].flop, 1536);
  EXPECT_EQ(prefill[0].memory_bytes, 0);
}

TEST(Reference, MatmulOfScoresLoadsTheCacheFirstInDecode) {
  const LayerEvent scores = function("matmul", "attn_weights", {2, 4, 1, 8}, {2, 4, 1, 6});
  CostOptions with = options(NumberFormat::int8);
  with.num_key_value_heads = 2;  // applies to scaled_dot_product_attention alone
  with.sliding_window = 3;
  const Demand demand = cost(scores, decode_state(5), with);
  ASSERT_EQ(demand.size(), 2U);
  // 2 bytes * (b 2 * rows 5 * h 4 * 2 * c 8) = 1280, before the product and not beside it.
  EXPECT_DOUBLE_EQ(demand[0].kv_bytes, 1280);
  EXPECT_EQ(demand[0].flop, 0);
  EXPECT_EQ(demand[1].kv_bytes, 0);
  EXPECT_DOUBLE_EQ(demand[1].flop, 64 * 2 * 2);
  EXPECT_DOUBLE_EQ(demand.time_s(), 1280 / 100e9 + 256 / 2e12);
  const LayerEvent output = function("matmul", "attn_output", {2, 4, 1, 6}, {2, 4, 1, 8});
  EXPECT_EQ(cost(output, decode_state(5)).size(), 1U);
}

TEST(Reference, UnknownFunctionIsAnError) {
  EXPECT_EQ(error_of([] {
              cost(function("softmaxx", "probs", {1, 2}, {1, 2}));
            }),
            "function 'softmaxx' (event 12) is not supported by the reference cost model; it knows softmax, matmul and "
            "scaled_dot_product_attention; did you mean 'softmax'?");
  EXPECT_EQ(error_of([] {
              cost(function("SiLUActivation", "x", {1, 2}, {1, 2}));
            }),
            "function 'SiLUActivation' (event 12) is not supported by the reference cost model; it knows softmax, "
            "matmul and scaled_dot_product_attention");
}

TEST(Reference, ShapesThatSayNothingAreErrors) {
  LayerEvent linear = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});
  linear.weight_shape.reset();
  EXPECT_EQ(error_of([&] { cost(linear); }),
            "Linear 'x' (event 12): no weight_shape of 2 sizes; its cost follows from them");
  EXPECT_EQ(error_of([] { cost(function("matmul", "x", {4}, {})); }),
            "matmul 'x' (event 12): output_shape [] has no sizes; expected 1 or more");
  EXPECT_EQ(error_of([] { cost(function("scaled_dot_product_attention", "x", {}, {})); }),
            "scaled_dot_product_attention 'x' (event 12): input_shape [] has no sizes; expected those of the key");
}

TEST(Reference, InputBytesAreOfTheLastFourSizes) {
  const ReferenceModel model(options());
  EXPECT_DOUBLE_EQ(model.input_bytes(layer("Linear", "x", {5, 2, 3, 4, 5}, {5, 5}, {5, 2, 3, 4, 5})), 240);
  EXPECT_DOUBLE_EQ(model.input_bytes(layer("Embedding", "x", {1, 6}, {1, 1}, {1, 6, 16})), 12);
}

TEST(Reference, RatingsAreThePeaks) {
  const DeviceRatings ratings = ReferenceModel(options(NumberFormat::int4)).ratings(vector_device());
  EXPECT_DOUBLE_EQ(ratings.flops_per_s, 8e12);
  EXPECT_DOUBLE_EQ(ratings.arithmetic_W, 8e12 * 0.5e-12);
  EXPECT_DOUBLE_EQ(ratings.vector_W, 1500 * 0.5e-12 / 0.1e-9);  // softmax is the fastest: 7.5 W
  EXPECT_DOUBLE_EQ(ratings.memory_Bps, 100e9);
  EXPECT_DOUBLE_EQ(ratings.memory_W, 1);
  EXPECT_DOUBLE_EQ(ReferenceModel(options()).ratings(plain_device()).vector_W, 1500 * 0.5e-12 / 0.4e-9);
}

TEST(Reference, HostIsAConstantDevice) {
  const ReferenceModel model(options());
  const Architecture host = model.host_profile(vector_device());
  EXPECT_EQ(host.name, "vector");
  EXPECT_EQ(host.flops_per_s, 1e12);
  EXPECT_EQ(host.energy_J_per_flop, 1e-24);
  EXPECT_EQ(host.memory.bandwidth_Bps, 1e9);
  EXPECT_EQ(host.memory.energy_J_per_byte, 8e-12);
  EXPECT_EQ(host.device_to_host.energy_J_per_byte, 200e-12);
  EXPECT_FALSE(host.softmax_s_per_element);
  EXPECT_EQ(model.transfer_rules(), TransferRules::Published);
  EXPECT_FALSE(model.uses_trace_attention_shape());
}

}  // namespace

}  // namespace upmem_des::test
