#include "profiler/decoder/memory_need.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

DecoderConfig config() {
  DecoderConfig made;
  made.source = "config.json";
  made.hidden_size = 8;
  made.intermediate_size = 20;
  made.num_hidden_layers = 3;
  made.num_attention_heads = 4;
  made.num_key_value_heads = 2;
  made.head_dim = 5;
  made.vocab_size = 1000;
  return made;
}

/// Keys and values of 3 layers, 2 · 5 elements each.
ModelElements elements(double weights) {
  ModelElements made;
  made.weights = weights;
  made.cache_row = 2 * 3 * 10;
  return made;
}

DecoderRun run(std::int64_t prompt, std::int64_t output, Logits logits) {
  DecoderRun made;
  made.prompt_tokens = prompt;
  made.output_tokens = output;
  made.batch = 2;
  made.dtype = NumberFormat::bfloat16;
  made.logits = logits;
  return made;
}

}  // namespace

TEST(MemoryNeedTest, WeightsCacheAndTheLargestTensor) {
  // 100 weights of 2 bytes; keys and values of 3 layers, 2 rows, 7 + 3 tokens, 2 · 5 elements of 2 bytes: 2400;
  // logits of 2 · 7 · 1000 elements: 28000.
  EXPECT_EQ(memory_need(config(), run(7, 3, Logits::all), elements(100)), 200 + 2400 + 28000);
  // The last position's 4000; the MLP's 3 · 2 · 7 · 20 · 2 = 1680; the scores' 2 · 4 · 49 · (4 + 2) = 2352.
  EXPECT_EQ(memory_need(config(), run(7, 3, Logits::last), elements(100)), 200 + 2400 + 4000);
  // Scores of 1000 · 1000 elements with 4 heads and 2 rows.
  EXPECT_EQ(memory_need(config(), run(1000, 1, Logits::last), elements(0)), 3.0 * 2 * 2 * 1001 * 10 * 2 + 48e6);
  // Expanded keys and values of 7 elements a token join the scores: 2 · 1000 · 7 · 2.
  ModelElements latent = elements(0);
  latent.expanded_row = 7;
  EXPECT_EQ(memory_need(config(), run(1000, 1, Logits::last), latent), 3.0 * 2 * 2 * 1001 * 10 * 2 + 48e6 + 28000);
  // The greatest that a run may be stays finite.
  DecoderRun huge = run(100'000'000, 100'000'000, Logits::all);
  huge.batch = 1'000'000;
  EXPECT_GT(memory_need(config(), huge, elements(1e15)), 1e20);
}

TEST(MemoryNeedTest, WhatTheKernelSays) {
  const TemporaryFolder folder;
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(available_memory(folder.write("a", "MemTotal:  20 kB\nMemAvailable:    12 kB\n")), 12288);
  EXPECT_EQ(available_memory(folder.write("b", "MemTotal:  20 kB\n")), infinite);
  EXPECT_EQ(available_memory(folder.write("c", "MemAvailable: some\n")), infinite);
  EXPECT_EQ(available_memory("/no/such"), infinite);
  EXPECT_GT(available_memory(), 1e6);
}

TEST(MemoryNeedTest, TooMuch) {
  EXPECT_NO_THROW(check_memory(config(), 5, 5));
  EXPECT_EQ(
      input_error([] { check_memory(config(), 28e9, 8.25e9); }),
      "config.json: running this model takes 28.0 GB of memory and 8.25 GB are free; expected a smaller model or run, "
      "a shorter dtype, or sim_compute");
}
