#include "upmem_des/model/decoder_run.hpp"

#include <gtest/gtest.h>

#include "streams.hpp"
#include "upmem_des/model/family_registry.hpp"

using namespace upmem_des;

namespace {

std::string problem(const DecoderConfig& config, const DecoderRun& run) {
  try {
    DecoderSource(config, run, {"scenario.yaml", 4});
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

std::string problem(const DecoderRun& run) {
  return problem(small_config("llama"), run);
}

}  // namespace

TEST(DecoderRunTest, NamesAreTheEnumerators) {
  for (const std::string& name : attention_names()) EXPECT_EQ(to_string(parse_attention(name).value()), name);
  for (const std::string& name : logits_names()) EXPECT_EQ(to_string(parse_logits(name).value()), name);
  for (const std::string& name : routing_names()) EXPECT_EQ(to_string(parse_routing(name).value()), name);
  EXPECT_EQ(attention_names(), (std::vector<std::string>{"sdpa", "eager"}));
  EXPECT_EQ(logits_names(), (std::vector<std::string>{"all", "last"}));
  EXPECT_EQ(routing_names(), (std::vector<std::string>{"round_robin", "balanced", "uniform_random", "zipf"}));
  EXPECT_FALSE(parse_attention("SDPA").has_value());
  EXPECT_FALSE(parse_logits("").has_value());
  EXPECT_FALSE(parse_routing("random").has_value());
}

TEST(DecoderRunTest, RangesAreNamed) {
  EXPECT_EQ(problem(small_run(0, 1)), "scenario.yaml:4: prompt_tokens: 0; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(small_run(-3, 1)),
            "scenario.yaml:4: prompt_tokens: -3; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(small_run(1, 0)), "scenario.yaml:4: output_tokens: 0; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(small_run(1, 100'000'001)),
            "scenario.yaml:4: output_tokens: 100000001; expected a whole number from 1 to 100000000");
  EXPECT_EQ(problem(small_run(1, 1, 1'000'001)),
            "scenario.yaml:4: batch: 1000001; expected a whole number from 1 to 1000000");
  EXPECT_EQ(problem(small_run(1, 1, 0)), "scenario.yaml:4: batch: 0; expected a whole number from 1 to 1000000");
}

TEST(DecoderRunTest, TheLargestRunsThatFitAreFine) {
  EXPECT_EQ(problem(small_run(100'000'000, 100'000'000)), "");
  EXPECT_EQ(problem(small_run(1, 1, 1'000'000)), "");
}

TEST(DecoderRunTest, TensorsOutOfBoundsAreNamed) {
  const std::string rest =
      ", above the bounds of 1e9 a size and 1e15 elements; expected fewer tokens or a smaller batch";
  EXPECT_EQ(problem(small_run(100'000'000, 1, 1'000'000)),
            "scenario.yaml:4: prompt_tokens: 100000000 with batch 1000000 gives 'gate_proj' the shape [1000000, "
            "100000000, 20]" +
                rest);
  DecoderRun eager = small_run(100'000'000, 1);
  eager.attention = Attention::eager;
  EXPECT_EQ(problem(eager),
            "scenario.yaml:4: prompt_tokens: 100000000 with batch 1 gives 'attn_weights' the shape [1, 4, 100000000, "
            "100000000]" +
                rest);
  EXPECT_EQ(problem(small_config("mixtral"), small_run(100'000, 1, 100'000)),
            "scenario.yaml:4: prompt_tokens: 100000 with batch 100000 gives 'gate' the shape [10000000000, 8]" + rest);

  DecoderConfig wide = small_config("llama");
  wide.head_dim = 100;
  EXPECT_EQ(problem(wide, small_run(1, 100'000'000, 1'000'000)),
            "scenario.yaml:4: output_tokens: 100000000 with batch 1000000 gives 'attn_output' the shape [1000000, 4, "
            "100000000, 100]" +
                rest);
  wide.vocab_size = 100'000'000;
  DecoderRun run = small_run(1'000'000, 1, 1'000);
  EXPECT_EQ(problem(wide, run),
            "scenario.yaml:4: prompt_tokens: 1000000 with batch 1000 gives 'lm_head' the shape [1000, 1000000, "
            "100000000]" +
                rest);
  run.logits = Logits::last;
  EXPECT_EQ(problem(wide, run), "");
}

TEST(DecoderRunTest, WeightsOutOfBoundsAreTheModels) {
  DecoderConfig wide = small_config("llama");
  wide.num_attention_heads = 100'000;
  wide.head_dim = 1'000'000;
  EXPECT_EQ(problem(wide, small_run(1, 1)),
            "scenario.yaml:4: model: 'q_proj' has a weight of shape [8, 100000000000], above the bounds of 1e9 a size "
            "and 1e15 elements; expected a smaller model");
}

TEST(DecoderRunTest, RandomRoutesMustBeDrawnInReasonableTime) {
  DecoderRun run = small_run(100'000'000, 1, 10);
  EXPECT_EQ(problem(small_config("mixtral", 30), run), "");
  run.routing = Routing::uniform_random;
  EXPECT_EQ(problem(small_config("mixtral", 30), run),
            "scenario.yaml:4: routing: 'uniform_random' would draw more than 1e10 experts in prefill; expected fewer "
            "prompt_tokens, a smaller batch or 'balanced'");
  EXPECT_EQ(problem(small_config("llama", 30), run), "");
}

TEST(DecoderRunTest, ExpertsThatCannotBeChosenAreRefused) {
  DecoderConfig config = small_config("mixtral");
  config.num_experts_per_tok = 5;
  EXPECT_EQ(problem(config, small_run(1, 1)),
            "scenario.yaml:4: model: 5 of 4 experts in 1 layers; expected no more chosen experts than there are");
}
