// Operations that models bring themselves: every number is worked out by hand, in prefill and decode, in two formats.
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des::test {

namespace {

using operation::Attention;
using operation::StateScan;

LayerEvent with(LayerEvent event, const Operation& operation) {
  event.operation = &keep(operation);
  return event;
}

Step step_of(const LayerEvent& event, const CostOptions& all = options()) {
  return RooflineModel(all).cost(event, plain_device(), prefill_state)[0];
}

CostOptions int8_options() {
  return options(NumberFormat::int8);
}

}  // namespace

// Latent rows of 12 + 4 numbers, two heads: in decode 10 rows for one query.
TEST(LatentAttentionTest, DecodeReadsTheLatentRows) {
  Attention attention;
  attention.mask = Attention::Mask::Full;
  attention.latent_width = 16;
  attention.cache_heads = 1;
  const LayerEvent event =
      with(function("scaled_dot_product_attention", "attn_output", {3, 1, 10, 16}, {3, 2, 1, 12}), attention);
  const Step step = step_of(event);
  EXPECT_EQ(step.flop, 3 * 2 * 10 * (2 * (16 + 12) + 5));
  EXPECT_EQ(step.kv_bytes, 2 * 3 * 10 * 16) << "one row a token, whatever the heads";
  EXPECT_EQ(step.memory_bytes, 2 * 3 * 2 * 1 * (16 + 12));
  EXPECT_EQ(step_of(event, int8_options()).kv_bytes, 3 * 10 * 16);
  CostOptions told = options();
  told.num_key_value_heads = 128;
  EXPECT_EQ(step_of(event, told).kv_bytes, 2 * 3 * 10 * 16) << "no number of heads changes it";
}

// The same in prefill of 10 tokens: keys of 8 + 4 and values of 8 numbers a head were just made.
TEST(LatentAttentionTest, PrefillReadsWhatWasExpanded) {
  Attention attention;
  attention.mask = Attention::Mask::Full;
  attention.latent_width = 16;
  attention.cache_heads = 1;
  attention.is_expanded = true;
  const LayerEvent event =
      with(function("scaled_dot_product_attention", "attn_output", {1, 2, 10, 12}, {1, 2, 10, 8}), attention);
  const Step step = step_of(event);
  EXPECT_EQ(step.flop, 2 * 55 * (2 * (12 + 8) + 5)) << "1 + … + 10 pairs a head";
  EXPECT_EQ(step.kv_bytes, 0);
  EXPECT_EQ(step.memory_bytes, 2 * 2 * 10 * (12 + 8) + 2 * 2 * 10 * (12 + 8)) << "query and output, keys and values";
  EXPECT_EQ(step_of(event, int8_options()).memory_bytes, 2 * 10 * (12 + 8) + 2 * 10 * (12 + 8));
}

TEST(WindowTest, OfTheLayerInPlaceOfTheRuns) {
  Attention attention;
  attention.mask = Attention::Mask::Window;
  attention.window = 4;
  CostOptions all = options();
  all.sliding_window = 100;
  const auto call = [&](std::int64_t keys, std::int64_t queries) {
    return with(function("scaled_dot_product_attention", "attn_output", {1, 1, keys, 8}, {1, 1, queries, 8}),
                attention);
  };
  EXPECT_EQ(step_of(call(10, 1), all).kv_bytes, 2 * 4 * 16);
  EXPECT_EQ(step_of(call(10, 1), all).flop, 4 * 37);
  // Prefill of 6: 1 + 2 + 3 + 4 + 4 + 4 pairs, all rows seen by one of the queries.
  EXPECT_EQ(step_of(call(6, 6), all).flop, 18 * 37);
  EXPECT_EQ(step_of(call(6, 6), all).kv_bytes, 2 * 6 * 16);
  attention.mask = Attention::Mask::Full;
  EXPECT_EQ(step_of(call(200, 1), all).kv_bytes, 2 * 200 * 16) << "a layer without a window";
  attention.mask = Attention::Mask::Run;
  EXPECT_EQ(step_of(call(200, 1), all).kv_bytes, 2 * 100 * 16);
}

// Chunks of 4: the queries at positions 0 … 5 see 1, 2, 3, 4, 1, 2 keys.
TEST(ChunkTest, RowsOfTheQuerysOwnChunk) {
  Attention attention;
  attention.mask = Attention::Mask::Chunk;
  attention.window = 4;
  const auto call = [&](std::int64_t keys, std::int64_t queries) {
    return with(function("scaled_dot_product_attention", "attn_output", {1, 1, keys, 8}, {1, 1, queries, 8}),
                attention);
  };
  EXPECT_EQ(step_of(call(6, 6)).flop, 13 * 37);
  EXPECT_EQ(step_of(call(6, 6)).kv_bytes, 2 * 6 * 16);
  EXPECT_EQ(step_of(call(8, 1)).flop, 4 * 37) << "the last of its chunk";
  EXPECT_EQ(step_of(call(8, 1)).kv_bytes, 2 * 4 * 16);
  EXPECT_EQ(step_of(call(9, 1)).flop, 1 * 37) << "the first of the next";
  EXPECT_EQ(step_of(call(9, 1), int8_options()).kv_bytes, 1 * 16);
}

TEST(EncoderTest, SeesEverythingAndCachesNothing) {
  Attention attention;
  attention.mask = Attention::Mask::Full;
  attention.causal = attention.is_cached = false;
  const LayerEvent event =
      with(function("scaled_dot_product_attention", "attn_output", {2, 3, 7, 8}, {2, 3, 7, 8}), attention);
  EXPECT_EQ(step_of(event).flop, 2 * 3 * 49 * 37);
  EXPECT_EQ(step_of(event).kv_bytes, 0);
  EXPECT_EQ(step_of(event).memory_bytes, 2 * (2 * 3 * 7 * 16 + 2 * 3 * 7 * 16));
}

TEST(SoftcapTest, ThreeFlopAPair) {
  Attention attention;
  attention.softcap = true;
  const LayerEvent event =
      with(function("scaled_dot_product_attention", "attn_output", {1, 1, 5, 8}, {1, 1, 1, 8}), attention);
  EXPECT_EQ(step_of(event).flop, 5 * (37 + 3));
}

// 24 numbers of state for each of 2 sequences; 3 tokens of 6 numbers in, 4 out.
TEST(StateScanTest, StateIsReadAndWrittenOncePerPass) {
  const StateScan scan{24, 100, 10};
  const LayerEvent prefill = with(function("selective_scan", "x", {2, 3, 6}, {2, 3, 4}), scan);
  EXPECT_EQ(step_of(prefill).flop, 600);
  EXPECT_EQ(step_of(prefill).memory_bytes, 2 * (36 + 24 + 10));
  EXPECT_EQ(step_of(prefill).kv_bytes, 2 * 2 * 2 * 24);
  const LayerEvent decode = with(function("selective_scan", "x", {2, 1, 6}, {2, 1, 4}), scan);
  EXPECT_EQ(step_of(decode).flop, 200);
  EXPECT_EQ(step_of(decode).kv_bytes, 2 * 2 * 2 * 24) << "as much for one token as for three";
  EXPECT_EQ(step_of(decode, int8_options()).memory_bytes, 12 + 8 + 10);
}

TEST(RouterTest, SoftmaxAndBiasAreCounted) {
  operation::Product product;
  product.is_router = product.bias = true;
  product.format = operation::WeightFormat::OfActivations;
  CostOptions narrow = options();
  narrow.weight_dtype = NumberFormat::int4;
  const LayerEvent event = with(layer("XTopKRouter", "gate", {3, 8}, {8, 5}, {3, 5}), product);
  EXPECT_EQ(step_of(event).flop, 2 * 3 * 40 + 3 * 5 + 5 * 15);
  EXPECT_EQ(step_of(event, narrow).memory_bytes, 2 * (40 + 5 + 3 * 13)) << "routers keep their own format";
}

TEST(GatedNormTest, ReadsItsGateToo) {
  const LayerEvent event =
      with(layer("XRMSNormGated", "norm", {2, 4}, {4, 4}, {2, 4}), operation::Norm{operation::Norm::Kind::RmsGated});
  EXPECT_EQ(step_of(event).flop, 8 * (4 + 5 + 1));
  EXPECT_EQ(step_of(event).memory_bytes, 2 * (8 + 8 + 8 + 4));
}

TEST(GroupedConvolutionTest, AGroupSeesItsOwnChannels) {
  operation::Convolution convolution;
  convolution.groups = 4;
  const LayerEvent event = with(layer("Conv2d", "c", {1, 8, 5, 5}, {3, 3}, {1, 8, 5, 5}), convolution);
  EXPECT_EQ(step_of(event).flop, 2 * 200 * 2 * 9);
  EXPECT_EQ(step_of(event).memory_bytes, 2 * (8 * 2 * 9 + 200 + 200));
}

// A Linear of 8 · 16 weights on 3 rows; the device makes 2e12 flop/s, 8e12 with int4.
TEST(WeightFormatTest, NarrowWeightsSaveBytesAndAreComputedInTheWiderFormat) {
  const LayerEvent event = layer("Linear", "up_proj", {3, 8}, {8, 16}, {3, 16});
  CostOptions all = options();
  all.weight_dtype = NumberFormat::int4_g128;
  Step step = step_of(event, all);
  EXPECT_EQ(step.memory_bytes, 128 * (4 + 20.0 / 128) / 8 + 2 * 3 * 24);
  EXPECT_EQ(step.compute.time_s, 2 * 3 * 128 / 2e12) << "in bfloat16";
  all.dtype = NumberFormat::int4;
  step = step_of(event, all);
  EXPECT_EQ(step.compute.time_s, 2 * 3 * 128 / 8e12) << "both are int4";
  EXPECT_EQ(step.memory_bytes, 128 * (4 + 20.0 / 128) / 8 + 0.5 * 3 * 24);
  const LayerEvent head = layer("Linear", "lm_head", {3, 8}, {8, 16}, {3, 16});
  all = options();
  all.weight_dtype = NumberFormat::fp8;
  EXPECT_EQ(step_of(head, all).memory_bytes, 2 * (128 + 3 * 24)) << "heads keep their own format";
  EXPECT_EQ(step_of(event, all).memory_bytes, 128 + 2 * 3 * 24);
}

TEST(WeightFormatTest, RatesByFormat) {
  Architecture device = plain_device();
  device.flops_per_s_by_format = {
      {NumberFormat::fp8, 4e12}, {NumberFormat::bfloat16, 2e12}, {NumberFormat::float32, 1e12}};
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::fp8_b128), 4e12);
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::mxfp4), 4e12) << "widened to fp8";
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::int8), 2e12) << "widened to bfloat16";
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::int4), 2e12);
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::float16), 2e12);
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::float32), 1e12);
  device.flops_per_s_by_format = {{NumberFormat::int8, 4e12}};
  EXPECT_EQ(device.peak_flops_per_s(NumberFormat::float32), 4e12) << "the widest that is stated";
  const LayerEvent event = layer("Linear", "up_proj", {3, 8}, {8, 16}, {3, 16});
  device.flops_per_s_by_format = {{NumberFormat::fp8, 4e12}, {NumberFormat::bfloat16, 2e12}};
  CostOptions all = options(NumberFormat::fp8);
  EXPECT_EQ(RooflineModel(all).cost(event, device, prefill_state)[0].compute.time_s, 2 * 3 * 128 / 4e12);
  all.weight_dtype = NumberFormat::bfloat16;
  EXPECT_EQ(RooflineModel(all).cost(event, device, prefill_state)[0].compute.time_s, 2 * 3 * 128 / 2e12)
      << "the weights are wider";
  EXPECT_EQ(RooflineModel(all).ratings(device).flops_per_s, 4e12);
}

TEST(WeightFormatTest, QuantizedActivationsSetTheRate) {
  Architecture device = plain_device();
  device.flops_per_s_by_format = {{NumberFormat::fp8, 4e12}, {NumberFormat::bfloat16, 2e12}};
  const LayerEvent event = layer("Linear", "up_proj", {3, 8}, {8, 16}, {3, 16});
  const auto time_s = [&](NumberFormat weights) {
    CostOptions all = options();
    all.weight_dtype = weights;
    all.activation_dtype = NumberFormat::fp8;
    return RooflineModel(all).cost(event, device, prefill_state)[0].compute.time_s;
  };
  EXPECT_EQ(time_s(NumberFormat::fp8), 2 * 3 * 128 / 4e12);
  EXPECT_EQ(time_s(NumberFormat::int4_g128), 2 * 3 * 128 / 4e12) << "widened to the activations'";
  EXPECT_EQ(time_s(NumberFormat::bfloat16), 2 * 3 * 128 / 2e12) << "the weights are wider";
}

/// A depthwise one along a sequence of 5 + 3 places, 6 channels, kernel 4: each result of 1 · 4 numbers and a bias.
TEST(ConvolutionTest, AlongASequenceInGroups) {
  operation::Convolution depthwise;
  depthwise.groups = 6;
  depthwise.dimensions = 1;
  depthwise.kernel = 4;
  LayerEvent event = function("conv1d", "out", {2, 6, 8}, {2, 6, 5});
  event.operation = &keep(depthwise);
  Step step = step_of(event, options());
  EXPECT_EQ(step.flop, 2 * (2 * 6 * 5) * 4);
  EXPECT_EQ(step.memory_bytes, 2 * (6 * 4 + 2 * 6 * 8 + 2 * 6 * 5));
  depthwise.bias = true;
  event.operation = &keep(depthwise);
  step = step_of(event, options());
  EXPECT_EQ(step.flop, (2 * 6 * 5) * (2 * 4 + 1));
  EXPECT_EQ(step.memory_bytes, 2 * (6 * (4 + 1) + 2 * 6 * 8 + 2 * 6 * 5));
  EXPECT_EQ(step_of(event, options(NumberFormat::int8)).memory_bytes, 6 * (4 + 1) + 2 * 6 * 8 + 2 * 6 * 5);
}

/// 24 rows of 64 numbers to 192: 2 · 24 · 64 · 192 flop; each of the 4 experts that a row goes to is read.
TEST(PackedExpertsTest, ReadsTheExpertsThatItsRowsGoTo) {
  operation::Product packed;
  packed.second = operation::Product::Second::Packed;
  packed.matrices = 4;
  LayerEvent event = function("grouped_mm", "return", {24, 64}, {24, 192});
  event.operation = &keep(packed);
  Step step = step_of(event, options());
  EXPECT_EQ(step.flop, 2 * 24 * 64 * 192);
  EXPECT_EQ(step.memory_bytes, 2 * (4 * 64 * 192 + 24 * (64 + 192))) << "at most all, where none are named";
  event.experts = {1, 3};
  EXPECT_EQ(step_of(event, options()).memory_bytes, 2 * (2 * 64 * 192 + 24 * (64 + 192)));
  event = function("grouped_mm", "return", {2, 64}, {2, 192});
  event.operation = &keep(packed);
  EXPECT_EQ(step_of(event, options()).memory_bytes, 2 * (2 * 64 * 192 + 2 * (64 + 192))) << "one for each row";
  packed.bias = true;
  event.operation = &keep(packed);
  step = step_of(event, options());
  EXPECT_EQ(step.flop, 2 * (2 * 64 + 1) * 192);
  EXPECT_EQ(step.memory_bytes, 2 * (2 * 65 * 192 + 2 * (64 + 192)));
  CostOptions quantized = options();
  quantized.weight_dtype = NumberFormat::fp8;
  EXPECT_EQ(step_of(event, quantized).memory_bytes, 2 * 64 * 192 + 2 * (2 * 192 + 2 * (64 + 192)))
      << "biases are stored as activations are";
}

}  // namespace upmem_des::test
