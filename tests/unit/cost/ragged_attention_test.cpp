/// A step of sequences of different lengths costs what its sequences cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "operation/operation_text.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

using Mask = operation::Attention::Mask;

Step step_of(const LayerEvent& event, const CostOptions& all = options()) {
  const Demand demand = RooflineModel(all).cost(event, plain_device(), decode_state(0));
  EXPECT_EQ(demand.size(), 1U);
  return demand.size() == 1 ? demand[0] : Step();
}

/// 4 query heads, 2 of the cache, 8 numbers wide; of a latent cache one row of 6 numbers.
LayerEvent attention(const std::vector<Slice>& slices, const operation::Attention& of) {
  std::int64_t queries = 0, keys = 0;
  for (const Slice& slice : slices) {
    queries += slice.sequences * slice.new_rows;
    keys += slice.sequences * slice.rows();
  }
  LayerEvent event = function("scaled_dot_product_attention", "attn_output", {1, of.latent_width > 0 ? 1 : 4, keys, 8},
                              {1, 4, queries, 8});
  event.operation = &keep(of);
  event.slices = std::make_shared<const std::vector<Slice>>(slices);
  return event;
}

std::vector<operation::Attention> attentions() {
  std::vector<operation::Attention> all(6);
  for (operation::Attention& of : all) of.cache_heads = 2;
  all[1].mask = Mask::Window;
  all[1].window = 5;
  all[2].mask = Mask::Chunk;
  all[2].window = 4;
  all[3].softcap = all[3].sinks = true;
  all[4].latent_width = 6;
  all[4].cache_heads = 0;
  all[5].is_cached = false;
  all[5].cache_heads = 0;
  return all;
}

TEST(RaggedAttention, CostsTheSumOfItsSequences) {
  const std::vector<Slice> slices{{0, 1, 9, 0}, {1, 3, 1, 12}, {4, 2, 4, 3}};
  for (const operation::Attention& of : attentions()) {
    SCOPED_TRACE(text_of(of));
    double flop = 0, memory_bytes = 0, kv_bytes = 0;
    for (const Slice& slice : slices) {
      // One sequence, as an event without slices.
      LayerEvent one = attention({{0, 1, slice.new_rows, slice.cached_rows}}, of);
      one.slices = nullptr;
      const Step step = step_of(one);
      flop += static_cast<double>(slice.sequences) * step.flop;
      memory_bytes += static_cast<double>(slice.sequences) * step.memory_bytes;
      kv_bytes += static_cast<double>(slice.sequences) * step.kv_bytes;
    }
    const Step step = step_of(attention(slices, of));
    EXPECT_DOUBLE_EQ(flop, step.flop);
    EXPECT_DOUBLE_EQ(memory_bytes, step.memory_bytes);
    EXPECT_DOUBLE_EQ(kv_bytes, step.kv_bytes);
  }
}

// A prompt beside decodes is one kernel, of which a device's form for prompts tells what it takes.
TEST(RaggedAttention, PromptsAndDecodesAreOneKernel) {
  operation::Attention of;
  of.cache_heads = 2;
  const LayerEvent event = attention({{0, 1, 200, 0}, {1, 3, 1, 12}}, of);
  const auto sizes = std::get<AttentionSizes>(*RooflineModel(options()).kernel_sizes(event));
  EXPECT_EQ(sizes.prompts, 1);
  EXPECT_EQ(sizes.decodes, 3);
  EXPECT_EQ(sizes.tiles, 4 * 2) << "200 rows are two blocks of 128 queries, of each head";
  EXPECT_EQ(sizes.longest, 200);
}

TEST(RaggedAttention, ByHand) {
  // 3 new rows see 1 + 2 + 3 keys, one new row sees 8: 14 pairs of each of 4 heads; 3 + 8 cached rows of 2 heads.
  operation::Attention of;
  of.cache_heads = 2;
  const Step step = step_of(attention({{0, 1, 3, 0}, {1, 1, 1, 7}}, of));
  EXPECT_DOUBLE_EQ(4 * 14 * (2 * 16 + 5), step.flop);
  EXPECT_DOUBLE_EQ(2 * 4 * 4 * 16, step.memory_bytes);
  EXPECT_DOUBLE_EQ(2 * 2 * 11 * 16, step.kv_bytes);
}

TEST(RaggedAttention, ASliceOfAllIsTheBatch) {
  operation::Attention of;
  of.cache_heads = 2;
  LayerEvent batch = attention({{0, 1, 2, 5}}, of);
  batch.slices = nullptr;
  batch.input_shape[0] = batch.output_shape[0] = 3;
  const Step expected = step_of(batch), step = step_of(attention({{0, 3, 2, 5}}, of));
  EXPECT_DOUBLE_EQ(expected.flop, step.flop);
  EXPECT_DOUBLE_EQ(expected.memory_bytes, step.memory_bytes);
  EXPECT_DOUBLE_EQ(expected.kv_bytes, step.kv_bytes);
}

TEST(RaggedAttention, OfAnotherSequenceHasAllItsRows) {
  // 2 and 3 queries of 7 rows each, which an encoder has made.
  operation::Attention of;
  of.is_cross = true;
  of.causal = false;
  LayerEvent event = attention({{0, 1, 2, 0}, {1, 1, 3, 0}}, of);
  event.input_shape = {2, 4, 7, 8};
  EXPECT_DOUBLE_EQ(4 * (2 + 3) * 7 * (2 * 16 + 5), step_of(event).flop);
}

TEST(RaggedAttention, AStateIsReadAndWrittenForEachSequence) {
  operation::StateScan scan;
  scan.state_elements = 100;
  scan.flop_per_row = 3;
  LayerEvent event = function("scan", "scan", {1, 5, 8}, {1, 5, 8});
  event.operation = &keep(scan);
  event.slices = std::make_shared<const std::vector<Slice>>(std::vector<Slice>{{0, 1, 3, 0}, {1, 2, 1, 4}});
  EXPECT_DOUBLE_EQ(2 * 2 * 3 * 100, step_of(event).kv_bytes);
  EXPECT_DOUBLE_EQ(3 * 5, step_of(event).flop);
}

void expect_error(const LayerEvent& event, const std::string& expected) {
  try {
    step_of(event);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(expected));
  }
}

TEST(RaggedAttention, WhatDoesNotFitIsAnError) {
  operation::Attention of;
  LayerEvent event = attention({{0, 1, 3, 0}, {1, 1, 1, 7}}, of);
  event.output_shape[2] = 5;
  expect_error(event, "slices of 4 new rows and 11 in all, but tensors of 5 and 11; expected the same");
  event.output_shape[2] = 4;
  event.input_shape[2] = 12;
  expect_error(event, "slices of 4 new rows and 11 in all, but tensors of 4 and 12; expected the same");
  of.part = operation::Attention::Part::Scores;
  expect_error(attention({{0, 1, 3, 0}}, of), "a part of eager attention; expected fused attention");
}

}  // namespace

}  // namespace upmem_des::test
