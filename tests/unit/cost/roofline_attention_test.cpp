#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

CostOptions with(std::optional<std::int64_t> heads, std::optional<std::int64_t> window = std::nullopt) {
  CostOptions all = options();
  all.num_key_value_heads = heads;
  all.sliding_window = window;
  return all;
}

Step step_of(const LayerEvent& event, const CostOptions& all = options(), const Architecture& device = plain_device()) {
  const Demand demand = RooflineModel(all).cost(event, device, decode_state(0));
  EXPECT_EQ(demand.size(), 1U);
  return demand.size() == 1 ? demand[0] : Step();
}

LayerEvent dot_product(const Shape& key, const Shape& output) {
  return function("scaled_dot_product_attention", "attn_output", key, output);
}

/// 2 flop for each of the 8 columns of key and value, 5 of the softmax.
constexpr double flop_per_pair = 2 * (8 + 8) + 5;

TEST(RooflineAttention, CausalPrefillCountsWhatIsComputed) {
  // 2 rows, 4 heads, 6 queries of 6 keys: 1 + 2 + ... + 6 = 21 pairs.
  const Step step = step_of(dot_product({2, 4, 6, 8}, {2, 4, 6, 8}));
  EXPECT_DOUBLE_EQ(step.flop, 2 * 4 * 21 * flop_per_pair);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 2 * (2 * 4 * 6 * 8 + 2 * 4 * 6 * 8));  // query, output
  EXPECT_DOUBLE_EQ(step.kv_bytes, 2 * (2 * 4 * 6 * 8) * 2);                  // keys and values
  EXPECT_DOUBLE_EQ(step.kv.energy_J, step.kv_bytes * 10e-12);
  EXPECT_EQ(step.unit, ComputeUnit::Arithmetic);
}

TEST(RooflineAttention, SoftmaxInsideTakesNoTimePerElement) {
  EXPECT_EQ(step_of(dot_product({2, 4, 6, 8}, {2, 4, 6, 8}), options(), vector_device()).unit, ComputeUnit::Arithmetic);
}

TEST(RooflineAttention, NotCausal) {
  LayerEvent event = dot_product({2, 4, 6, 8}, {2, 4, 3, 8});
  event.causal = false;
  EXPECT_DOUBLE_EQ(step_of(event).flop, 2 * 4 * 3 * 6 * flop_per_pair);
  EXPECT_DOUBLE_EQ(step_of(event, with({}, 4)).flop, 2 * 4 * 3 * 4 * flop_per_pair);
  event.output_shape = {2, 4, 9, 8};  // more queries than keys, as to an encoder's output
  EXPECT_DOUBLE_EQ(step_of(event).flop, 2 * 4 * 9 * 6 * flop_per_pair);
  event.causal = true;
  EXPECT_EQ(error_of([&] { step_of(event); }),
            "scaled_dot_product_attention 'attn_output' (event 12): fewer keys than queries in causal attention; "
            "expected the cache with the new rows appended, or \"causal\": false");
}

TEST(RooflineAttention, Decode) {
  // One query sees all 6 keys.
  const Step step = step_of(dot_product({2, 4, 6, 8}, {2, 4, 1, 8}));
  EXPECT_DOUBLE_EQ(step.flop, 2 * 4 * 6 * flop_per_pair);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 2 * (64 + 64));
  EXPECT_DOUBLE_EQ(step.kv_bytes, 2 * 384 * 2);
}

TEST(RooflineAttention, ChunkOfQueriesAfterACache) {
  // 3 queries, 6 keys: they see 4, 5, 6.
  EXPECT_DOUBLE_EQ(step_of(dot_product({1, 4, 6, 8}, {1, 4, 3, 8})).flop, 4 * 15 * flop_per_pair);
}

TEST(RooflineAttention, WindowsInDecode) {
  const LayerEvent event = dot_product({1, 4, 6, 8}, {1, 4, 1, 8});
  const auto rows = [&](std::int64_t window) {
    const Step step = step_of(event, with({}, window));
    EXPECT_DOUBLE_EQ(step.flop, step.kv_bytes / (2 * 8 * 2) * flop_per_pair);  // as many pairs as rows, for 4 heads
    return step.kv_bytes / (4 * 2 * 8 * 2);
  };
  EXPECT_DOUBLE_EQ(rows(2), 2);
  EXPECT_DOUBLE_EQ(rows(6), 6);
  EXPECT_DOUBLE_EQ(rows(100), 6);
}

TEST(RooflineAttention, WindowsInPrefill) {
  const auto pairs = [](std::int64_t keys, std::int64_t queries, std::int64_t window) {
    return step_of(dot_product({1, 1, keys, 8}, {1, 1, queries, 8}), with({}, window)).flop / flop_per_pair;
  };
  EXPECT_DOUBLE_EQ(pairs(6, 6, 2), 1 + 2 + 2 + 2 + 2 + 2);
  EXPECT_DOUBLE_EQ(pairs(6, 6, 1), 6);
  EXPECT_DOUBLE_EQ(pairs(6, 6, 6), 21);
  EXPECT_DOUBLE_EQ(pairs(6, 6, 7), 21);
  EXPECT_DOUBLE_EQ(pairs(6, 3, 5), 4 + 5 + 5);
  EXPECT_DOUBLE_EQ(pairs(6, 3, 4), 4 + 4 + 4);
  EXPECT_DOUBLE_EQ(pairs(6, 3, 2), 2 + 2 + 2);
  // Against a count one by one.
  for (std::int64_t keys = 1; keys <= 9; ++keys)
    for (std::int64_t queries = 1; queries <= keys; ++queries)
      for (std::int64_t window = 1; window <= 11; ++window) {
        std::int64_t count = 0;
        for (std::int64_t i = 0; i < queries; ++i) count += std::min(window, keys - queries + i + 1);
        EXPECT_DOUBLE_EQ(pairs(keys, queries, window), static_cast<double>(count));
      }
  // 3 queries of a window of 2 see rows 3 to 6 of 6: 4.
  EXPECT_DOUBLE_EQ(step_of(dot_product({1, 1, 6, 8}, {1, 1, 3, 8}), with({}, 2)).kv_bytes, 4 * 2 * 8 * 2);
}

TEST(RooflineAttention, FewerHeadsInTheCache) {
  const LayerEvent repeated = dot_product({2, 4, 6, 8}, {2, 4, 1, 8});
  const Step step = step_of(repeated, with(2));
  EXPECT_DOUBLE_EQ(step.kv_bytes, 2 * (2 * 2 * 6 * 8) * 2);
  EXPECT_DOUBLE_EQ(step.flop, step_of(repeated).flop);  // every query head computes all the same
  // A trace whose key was not repeated: 4 query heads, 2 key heads.
  const Step native = step_of(dot_product({2, 2, 6, 8}, {2, 4, 1, 8}));
  EXPECT_DOUBLE_EQ(native.kv_bytes, step.kv_bytes);
  EXPECT_DOUBLE_EQ(native.flop, step.flop);
  EXPECT_DOUBLE_EQ(native.memory_bytes, step.memory_bytes);
  EXPECT_EQ(error_of([&] { step_of(repeated, with(3)); }),
            "scaled_dot_product_attention 'attn_output' (event 12): 4 heads are no multiple of the 3 key-value heads "
            "that the run is given");
  EXPECT_EQ(error_of([] {
              step_of(dot_product({2, 3, 6, 8}, {2, 4, 1, 8}));
            }),
            "scaled_dot_product_attention 'attn_output' (event 12): 4 query heads are no multiple of 3 key heads");
}

TEST(RooflineAttention, KeyAndOutputAreOfOneBatch) {
  EXPECT_EQ(error_of([] {
              step_of(dot_product({1, 4, 6, 8}, {2, 4, 1, 8}));
            }),
            "scaled_dot_product_attention 'attn_output' (event 12): key [1, 4, 6, 8] and output [2, 4, 1, 8] differ in "
            "their batch");
}

TEST(RooflineAttention, WidthOfValuesMayDiffer) {
  // Keys of 8, values of 2 columns: 6 pairs * (2 * 10 + 5); query 8, output 2; 6 rows of 10.
  const Step step = step_of(dot_product({1, 1, 6, 8}, {1, 1, 1, 2}));
  EXPECT_DOUBLE_EQ(step.flop, 6 * 25);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 20);
  EXPECT_DOUBLE_EQ(step.kv_bytes, 120);
}

TEST(RooflineAttention, KvLengthReplacesTheRows) {
  LayerEvent event = dot_product({1, 1, 64, 8}, {1, 1, 1, 8});  // a static cache of 64 rows, 6 of them in use
  event.kv_length = 6;
  EXPECT_DOUBLE_EQ(step_of(event).flop, 6 * flop_per_pair);
  EXPECT_DOUBLE_EQ(step_of(event).kv_bytes, 6 * 2 * 8 * 2);
}

TEST(RooflineAttention, KvDataTypeIsItsOwn) {
  CostOptions narrow = options();
  narrow.kv_dtype = NumberFormat::int8;
  const LayerEvent event = dot_product({2, 4, 6, 8}, {2, 4, 1, 8});
  EXPECT_DOUBLE_EQ(step_of(event, narrow).kv_bytes, step_of(event).kv_bytes / 2);
  EXPECT_DOUBLE_EQ(step_of(event, narrow).memory_bytes, step_of(event).memory_bytes);
}

TEST(RooflineAttention, FewerSizes) {
  // [heads, rows, width] and [rows, width]: 21 pairs a head.
  EXPECT_DOUBLE_EQ(step_of(dot_product({4, 6, 8}, {4, 6, 8})).flop, 4 * 21 * flop_per_pair);
  EXPECT_DOUBLE_EQ(step_of(dot_product({6, 8}, {6, 8})).flop, 21 * flop_per_pair);
  EXPECT_EQ(error_of([] { step_of(dot_product({6}, {6})); }),
            "scaled_dot_product_attention 'attn_output' (event 12): key [6] and output [6]; expected 2 sizes or more "
            "of each");
}

TEST(RooflineEager, ScoresAndOutputReadTheCacheOnceEach) {
  // 2 rows, 4 heads, 1 query, 6 keys of 8, of 2 heads in the cache.
  const Step scores = step_of(function("matmul", "attn_weights", {2, 4, 1, 8}, {2, 4, 1, 6}), with(2));
  EXPECT_DOUBLE_EQ(scores.flop, 2 * 2 * 4 * 6 * 8);
  EXPECT_DOUBLE_EQ(scores.kv_bytes, 2 * 2 * 6 * 8 * 2);
  EXPECT_DOUBLE_EQ(scores.memory_bytes, 2 * (64 + 48));
  const Step output = step_of(function("matmul", "attn_output", {2, 4, 1, 6}, {2, 4, 1, 8}), with(2));
  EXPECT_DOUBLE_EQ(output.flop, scores.flop);
  EXPECT_DOUBLE_EQ(output.kv_bytes, scores.kv_bytes);
  EXPECT_DOUBLE_EQ(output.memory_bytes, scores.memory_bytes);
  EXPECT_EQ(error_of([] {
              step_of(function("matmul", "attn_weights", {2, 4, 1, 8}, {2, 4, 1, 6}), with(3));
            }),
            "matmul 'attn_weights' (event 12): 4 heads are no multiple of the 3 key-value heads that the run is given");
}

TEST(RooflineEager, TogetherWithItsSoftmaxItDoesWhatDecodeOfDotProductDoes) {
  const CostOptions all = with(2, 4);
  const Step scores = step_of(function("matmul", "attn_weights", {2, 4, 1, 8}, {2, 4, 1, 6}), all);
  const Step softmax = step_of(function("softmax", "attn_weights", {2, 4, 1, 6}, {2, 4, 1, 6}), all);
  const Step output = step_of(function("matmul", "attn_output", {2, 4, 1, 6}, {2, 4, 1, 8}), all);
  const Step fused = step_of(dot_product({2, 4, 6, 8}, {2, 4, 1, 8}), all);
  EXPECT_DOUBLE_EQ(scores.flop + softmax.flop + output.flop, fused.flop);
  EXPECT_DOUBLE_EQ(scores.kv_bytes + output.kv_bytes, fused.kv_bytes);
  EXPECT_GT(scores.memory_bytes + softmax.memory_bytes + output.memory_bytes, fused.memory_bytes);
}

TEST(RooflineEager, PrefillComputesAllScores) {
  // 6 queries of 6 keys: 36 pairs, the masked ones too; no window makes the rows that any query sees fewer than 6.
  const LayerEvent event = function("matmul", "attn_weights", {1, 1, 6, 8}, {1, 1, 6, 6});
  EXPECT_DOUBLE_EQ(step_of(event).flop, 2 * 36 * 8);
  EXPECT_DOUBLE_EQ(step_of(event, with({}, 2)).flop, 2 * 36 * 8);
  EXPECT_DOUBLE_EQ(step_of(event, with({}, 2)).kv_bytes, 6 * 8 * 2);
}

TEST(RooflineEager, WindowsInDecode) {
  const auto rows = [](std::int64_t window) {
    const Step scores = step_of(function("matmul", "attn_weights", {1, 1, 1, 8}, {1, 1, 1, 6}), with({}, window));
    const Step softmax = step_of(function("softmax", "attn_weights", {1, 1, 1, 6}, {1, 1, 1, 6}), with({}, window));
    EXPECT_DOUBLE_EQ(scores.flop / 16, scores.kv_bytes / 16);
    EXPECT_DOUBLE_EQ(scores.memory_bytes, 2 * (8 + scores.kv_bytes / 16));
    EXPECT_DOUBLE_EQ(softmax.flop / 5, scores.kv_bytes / 16);
    return scores.kv_bytes / 16;
  };
  EXPECT_DOUBLE_EQ(rows(2), 2);
  EXPECT_DOUBLE_EQ(rows(6), 6);
  EXPECT_DOUBLE_EQ(rows(100), 6);
}

TEST(RooflineEager, ShapesMustBelongTogether) {
  EXPECT_EQ(error_of([] {
              step_of(function("matmul", "attn_weights", {1, 2, 6, 8}, {1, 2, 5, 6}));
            }),
            "matmul 'attn_weights' (event 12): input_shape [1, 2, 6, 8] and output_shape [1, 2, 5, 6]; expected equal "
            "sizes but for the last, as of a product with the cache");
}

}  // namespace

}  // namespace upmem_des::test
