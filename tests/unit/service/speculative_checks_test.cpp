/// What a server with drafts has room for, and what is refused.
#include <cmath>

#include "speculative_served.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

/// Llama-3.1-8B: 8,030,261,248 weights and 131,072 bytes a token; Llama-3.2-1B: 1,235,814,400 and 32,768; a layer of
/// the former 218,112,000 and 4,096. An H100 has 72 GB, less 1.24, for all of them.
TEST_F(SpeculativeTest, BlocksAreThoseThatFitBesideTheDraft) {
  const auto blocks = [&](const std::string& drafts) {
    const PreparedServing prepared(scenario(drafts, "memory_utilization: 0.9"), [](const std::string&) {});
    return prepared.scheduler_options().kv_blocks;
  };
  const double free_B = 72e9 - 1.24e9 - 2 * 8'030'261'248.0;
  const auto fit = [](double bytes, double token_B) {
    return static_cast<std::int64_t>(std::floor(bytes / (16 * token_B)));
  };
  EXPECT_EQ(blocks(""), fit(free_B, 131'072));
  EXPECT_EQ(blocks("method: ngram, tokens: 3, acceptance: 0.5"), fit(free_B, 131'072));
  EXPECT_EQ(blocks(by_model + ", tokens: 3, acceptance: 0.5"), fit(free_B - 2 * 1'235'814'400.0, 131'072 + 32'768));
  // On the other GPU there is more than enough.
  EXPECT_EQ(blocks(by_model + ", tokens: 3, acceptance: 0.5, mapping: 'gpu[1]'"), fit(free_B, 131'072));
  EXPECT_EQ(blocks("method: heads, tokens: 3, acceptance: 0.5"), fit(free_B - 2 * 218'112'000.0, 131'072 + 4'096));
  EXPECT_EQ(blocks("method: heads, tokens: 3, acceptance: 0.5, layers: 3"),
            fit(free_B - 3 * 2 * 218'112'000.0, 131'072 + 3 * 4'096));
}

TEST_F(SpeculativeTest, WhatDoesNotGoTogetherIsSaid) {
  const std::string drafts = ", tokens: 3, acceptance: 0.5";
  EXPECT_EQ(message(scenario("method: heads, layers: 32" + drafts)),
            "s.yaml:4: serving.speculative.layers: is 32, and the model has 32 layers; expected fewer");
  EXPECT_EQ(
      message(scenario("method: draft_model, model: models/llama-2-7b.json" + drafts)),
      "s.yaml:4: serving.speculative.model: has 32000 words, and the model 128256; expected a draft with the same "
      "vocabulary, whose tokens are the model's");
  const std::string stages = "parallel: {pp: 2}\n";
  EXPECT_EQ(
      message(scenario("method: ngram" + drafts, "kv_blocks: 3000", "", stages)),
      "s.yaml:2: parallel.pp: does not go with serving.speculative: a step verifies what was drafted after the one "
      "before; expected tp or ep");
  const std::string layers = "mapping: {default: 'gpu[0]', layers: {0..15: 'gpu[1]'}}\n";
  EXPECT_EQ(message(scenario(by_model + drafts, "kv_blocks: 3000", "", layers)),
            "s.yaml:4: serving.speculative: with a mapping of layers by name, which the draft may not have; expected "
            "mapping.default alone, or serving.speculative.mapping");
  EXPECT_EQ(message(scenario("method: heads" + drafts, "kv_blocks: 3000", "", layers)),
            "s.yaml:4: serving.speculative: with a mapping of layers by name, which heads do not have; expected "
            "mapping.default alone");
  EXPECT_EQ(message(scenario("method: ngram" + drafts, "kv_blocks: 3000", "", layers)), "");
  EXPECT_EQ(message(scenario(by_model + drafts + ", mapping: 'gpu[0]'", "kv_blocks: 3000", "", layers)), "");
  EXPECT_EQ(message(scenario(by_model + drafts + ", mapping: 'gpu[2]'")),
            "s.yaml:4: serving.speculative.mapping: 'gpu[2]': the group has 2 devices; expected 0 to 1");
  Scenario alone = scenario(by_model + drafts + ", mapping: 'gpu[1]'");
  alone.platform.clear();
  alone.mapping.default_device->device = "H100-80GB-SXM";
  EXPECT_EQ(message(alone),
            "s.yaml:4: serving.speculative.mapping: needs a machine that model and draft are on; expected platform: "
            "FILE");
}

/// Also where the number of blocks is given.
TEST_F(SpeculativeTest, WeightsOfBothHaveToFit) {
  Scenario twice = scenario("method: draft_model, model: models/llama-3.1-8b.json, tokens: 3, acceptance: 0.5");
  twice.workload.dtype = NumberFormat::float32;
  twice.serving->max_num_batched_tokens = 2048;
  const auto with = [&](double capacity_GB) {
    folder_.write("p.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 2, capacity_GB: " +
                                std::to_string(capacity_GB) + "}]\n");
    std::vector<std::string> warnings;
    std::string text = message(twice, &warnings);
    for (const std::string& warning : warnings) text += "warned: " + warning;
    return text;
  };
  // 4 bytes for each of 8,030,261,248, twice: 64.2 GB.
  EXPECT_EQ(with(65), "");
  EXPECT_EQ(with(64),
            "capacity: gpu[0] has capacity_GB of 64, less than 32.121044992 GB of weights and 32.121044992 GB of its "
            "draft's; expected larger devices, a draft on others (serving.speculative.mapping), or "
            "simulation.allow_overflow: true");
  twice.simulation.allow_overflow = true;
  EXPECT_EQ(with(64),
            "warned: s.yaml: simulation.allow_overflow: gpu[0] has capacity_GB of 64, less than 32.121044992 GB of "
            "weights and 32.121044992 GB of its draft's, which is not charged for");
}

TEST_F(SpeculativeTest, WhatIsUnusualIsWarnedOf) {
  std::vector<std::string> warnings;
  EXPECT_EQ(message(scenario("method: ngram, tokens: 3, acceptance: 0.5",
                             "kv_blocks: 3000, max_num_seqs: 100, max_num_batched_tokens: 399"),
                    &warnings),
            "");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(
      warnings[0],
      "s.yaml:4: serving.max_num_batched_tokens: is 399, and 100 seats with 3 drafts each have 400 tokens a step; "
      "the last ones then wait for a place, or have fewer drafts");
  warnings.clear();
  EXPECT_EQ(message(scenario("method: ngram, tokens: 3, acceptance: 0.5",
                             "kv_blocks: 3000, max_num_seqs: 100, max_num_batched_tokens: 400"),
                    &warnings),
            "");
  EXPECT_TRUE(warnings.empty());
  Scenario short_draft = scenario("method: draft_model, model: models/llama-2-7b.json, tokens: 3, acceptance: 0.5");
  short_draft.workload.model = PROJECT_DIR "/scenarios/models/mistral-7b.json";
  EXPECT_EQ(message(short_draft, &warnings), "");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0],
            "s.yaml:4: serving.speculative.model: was made for 4096 positions, and requests may have 32768 tokens "
            "(max_model_len); those beyond are drafted all the same");
  warnings.clear();
  short_draft.serving->options.max_model_len = 4096;
  EXPECT_EQ(message(short_draft, &warnings), "");
  EXPECT_TRUE(warnings.empty());
}
