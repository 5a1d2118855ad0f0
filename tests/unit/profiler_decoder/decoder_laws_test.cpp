/// What must hold of a decoder whatever its weights are.
#include <gtest/gtest.h>

#include <limits>

#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/tiny_models.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

constexpr double tolerance = 1e-4;

/// [2, 9] of ids below 50.
torch::Tensor two_rows() {
  return ids({{3, 14, 15, 9, 26, 5, 35, 8, 9}, {7, 9, 32, 3, 8, 46, 26, 4, 33}});
}

class DecoderLawsTest : public testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  static std::string json() { return small_json(GetParam().first, GetParam().second); }
  static DecoderOptions with(Attention attention) {
    DecoderOptions options;
    options.attention = attention;
    return options;
  }
};

}  // namespace

TEST_P(DecoderLawsTest, TheCacheGivesWhatComputingAllAnewGives) {
  for (const Attention attention : {Attention::sdpa, Attention::eager}) {
    const auto model = random_model(json(), with(attention));
    const torch::Tensor all = two_rows();
    const torch::Tensor at_once = logits_at_once(*model, all);
    EXPECT_GT(at_once.abs().max().item<double>(), 0.5) << "logits too small to show a difference";
    for (const std::int64_t prompt : {1, 4, 8}) {
      const torch::Tensor cached =
          logits_with_cache(*model, all.narrow(1, 0, prompt), all.narrow(1, prompt, all.size(1) - prompt));
      EXPECT_LT(largest_difference(cached, at_once), tolerance) << to_string(attention) << " " << prompt;
    }
  }
}

TEST_P(DecoderLawsTest, BothKindsOfAttentionAgree) {
  const auto sdpa = random_model(json(), with(Attention::sdpa));
  const auto eager = random_model(json(), with(Attention::eager));
  EXPECT_LT(largest_difference(logits_at_once(*sdpa, two_rows()), logits_at_once(*eager, two_rows())), tolerance);
}

TEST_P(DecoderLawsTest, RowsOfABatchDoNotSeeEachOther) {
  const auto model = random_model(json());
  const torch::Tensor all = two_rows();
  const torch::Tensor together = logits_with_cache(*model, all.narrow(1, 0, 6), all.narrow(1, 6, 3));
  for (std::int64_t row = 0; row < 2; ++row) {
    const torch::Tensor alone = all.narrow(0, row, 1);
    EXPECT_LT(largest_difference(logits_with_cache(*model, alone.narrow(1, 0, 6), alone.narrow(1, 6, 3)),
                                 together.narrow(0, row, 1)),
              tolerance);
  }
}

TEST_P(DecoderLawsTest, NoTokenSeesALaterOne) {
  const auto model = random_model(json());
  torch::Tensor changed = two_rows();
  changed[0][6] = 1;
  changed[1][6] = 1;
  const torch::Tensor before = logits_at_once(*model, two_rows());
  const torch::Tensor after = logits_at_once(*model, changed);
  EXPECT_LT(largest_difference(before.narrow(1, 0, 6), after.narrow(1, 0, 6)), tolerance);
  EXPECT_GT(largest_difference(before.narrow(1, 6, 3), after.narrow(1, 6, 3)), 0.1);
}

TEST_P(DecoderLawsTest, RandomWeightsAreThoseOfTheSeed) {
  const torch::Tensor one = logits_at_once(*random_model(json(), {}, 5), two_rows());
  EXPECT_EQ(largest_difference(one, logits_at_once(*random_model(json(), {}, 5), two_rows())), 0);
  EXPECT_GT(largest_difference(one, logits_at_once(*random_model(json(), {}, 6), two_rows())), 0.1);
}

INSTANTIATE_TEST_SUITE_P(All, DecoderLawsTest,
                         testing::Values(std::pair("llama", ""),
                                         std::pair("llama", "\"attention_bias\": true, \"mlp_bias\": true"),
                                         std::pair("llama", "\"num_key_value_heads\": 4"),
                                         std::pair("llama", "\"tie_word_embeddings\": true"),
                                         std::pair("llama", "\"head_dim\": 10"), std::pair("mistral", ""),
                                         std::pair("mistral", "\"sliding_window\": 3"),
                                         std::pair("mistral", "\"sliding_window\": 1"), std::pair("mixtral", ""),
                                         std::pair("mixtral", "\"num_experts_per_tok\": 4"), std::pair("qwen2", ""),
                                         std::pair("qwen2",
                                                   "\"use_sliding_window\": true, \"sliding_window\": 3, "
                                                   "\"max_window_layers\": 1"),
                                         std::pair("qwen3", ""), std::pair("gpt2", ""), std::pair("gemma3_text", ""),
                                         std::pair("qwen3_moe", ""), std::pair("deepseek_v3", ""),
                                         std::pair("deepseek_v3", "\"rope_interleave\": false")),
                         [](const auto& test) { return test.param.first + std::to_string(test.index); });

TEST(DecoderWindowTest, ATokenSeesItsWindowOnly) {
  // One layer with a window of 3: position 5 sees 3, 4 and 5.
  const std::string json =
      replaced(small_json("mistral", "\"sliding_window\": 3"), "hidden_layers\": 2", "hidden_layers\": 1");
  const auto model = random_model(json);
  const torch::Tensor before = logits_at_once(*model, two_rows());
  const auto changed_at = [&](std::int64_t position) {
    torch::Tensor changed = two_rows();
    changed.select(1, position).fill_(1);
    return largest_difference(before.select(1, 5), logits_at_once(*model, changed).select(1, 5));
  };
  EXPECT_LT(changed_at(2), 1e-6);
  EXPECT_GT(changed_at(3), 0.01);
  EXPECT_GT(changed_at(5), 0.01);
}

TEST(DecoderWindowTest, AWindowThatIsNotFilledChangesNothing) {
  const auto without = random_model(small_json("mistral"));
  const auto with = random_model(small_json("mistral", "\"sliding_window\": 9"));
  EXPECT_EQ(largest_difference(logits_at_once(*without, two_rows()), logits_at_once(*with, two_rows())), 0);
}

TEST(DecoderWindowTest, TheMask) {
  const torch::Tensor like = torch::empty({1});
  const float low = std::numeric_limits<float>::lowest();
  EXPECT_TRUE(torch::equal(attention_mask(3, 3, 0, like),
                           torch::tensor({{0.0F, low, low}, {0.0F, 0.0F, low}, {0.0F, 0.0F, 0.0F}})));
  EXPECT_TRUE(torch::equal(attention_mask(3, 4, 2, like),
                           torch::tensor({{0.0F, 0.0F, low, low}, {low, 0.0F, 0.0F, low}, {low, low, 0.0F, 0.0F}})));
  EXPECT_TRUE(torch::equal(attention_mask(1, 4, 3, like), torch::tensor({{low, 0.0F, 0.0F, 0.0F}})));
  EXPECT_FALSE(attention_mask(1, 4, 4, like).defined());
  EXPECT_FALSE(attention_mask(1, 4, 0, like).defined());
  const torch::Tensor brain = attention_mask(2, 2, 0, like.to(torch::kBFloat16));
  EXPECT_EQ(brain.scalar_type(), torch::kBFloat16);
  EXPECT_EQ(brain[0][1].item<float>(), static_cast<float>(std::numeric_limits<c10::BFloat16>::lowest()));
  const torch::Tensor half = attention_mask(2, 2, 0, like.to(torch::kFloat16));
  EXPECT_EQ(half[0][1].item<float>(), -65504.0F);
}

TEST(ExpertsTest, TheRuleChoosesInsteadOfTheRouter) {
  DecoderOptions options;
  options.route_by_rule = true;
  const torch::Tensor by_rule = logits_at_once(*random_model(small_json("mixtral"), options), two_rows());
  const torch::Tensor by_router = logits_at_once(*random_model(small_json("mixtral")), two_rows());
  EXPECT_GT(largest_difference(by_rule, by_router), 0.1);
  // With all experts chosen there is nothing to choose.
  const std::string all = small_json("mixtral", "\"num_experts_per_tok\": 4");
  EXPECT_LT(largest_difference(logits_at_once(*random_model(all, options), two_rows()),
                               logits_at_once(*random_model(all), two_rows())),
            tolerance);
}

TEST(ExpertsTest, CallingEmptyExpertsChangesNoLogits) {
  DecoderOptions options;
  options.call_empty_experts = false;
  const torch::Tensor prompt = ids({{3, 14}});
  EXPECT_EQ(largest_difference(logits_at_once(*random_model(small_json("mixtral"), options), prompt),
                               logits_at_once(*random_model(small_json("mixtral")), prompt)),
            0);
}
