/// Which events of a described decoder wait for which.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "streams.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// "12 down_proj: 10 11"; without dependencies "0 embed_tokens:".
std::string deps_line(const LayerEvent& event) {
  std::string text = std::to_string(event.seq) + " " + event.name.str() + ":";
  for (const std::int64_t dep : event.deps) text += " " + std::to_string(dep);
  return text;
}

std::vector<std::string> deps_of(const DecoderConfig& config, const DecoderRun& run) {
  std::vector<std::string> lines;
  for (const LayerEvent& event : events_of(config, run)) lines.push_back(deps_line(event));
  return lines;
}

}  // namespace

TEST(DecoderDepsTest, TwoPassesOfOneLayerOfLlama) {
  EXPECT_THAT(deps_of(small_config("llama"), small_run(3, 2)),
              ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 input_layernorm: 0", "3 q_proj: 2", "4 k_proj: 2",
                          "5 v_proj: 2", "6 attn_output: 3 4 5", "7 o_proj: 6", "8 post_attention_layernorm: 7",
                          "9 gate_proj: 8", "10 return: 9", "11 up_proj: 8", "12 down_proj: 10 11", "13 norm: 12",
                          "14 lm_head: 13", "15 embed_tokens: 14", "16 rotary_emb: 15", "17 input_layernorm: 15",
                          "18 q_proj: 17", "19 k_proj: 17", "20 v_proj: 17", "21 attn_output: 18 19 20",
                          "22 o_proj: 21", "23 post_attention_layernorm: 22", "24 gate_proj: 23", "25 return: 24",
                          "26 up_proj: 23", "27 down_proj: 25 26", "28 norm: 27", "29 lm_head: 28"));
}

TEST(DecoderDepsTest, TwoLayersWithEagerAttentionAndSampling) {
  DecoderRun run = small_run(3, 2);
  run.attention = Attention::eager;
  run.sampling = true;
  const std::vector<std::string> all = deps_of(small_config("mistral", 2), run);
  ASSERT_EQ(all.size(), 60U);
  EXPECT_THAT(std::vector<std::string>(all.begin(), all.begin() + 32),
              ElementsAre("0 embed_tokens:", "1 input_layernorm: 0", "2 q_proj: 1", "3 k_proj: 1", "4 v_proj: 1",
                          "5 attn_weights: 2 3", "6 attn_weights: 5", "7 attn_output: 4 6", "8 o_proj: 7",
                          "9 post_attention_layernorm: 8", "10 gate_proj: 9", "11 return: 10", "12 up_proj: 9",
                          "13 down_proj: 11 12", "14 input_layernorm: 13", "15 q_proj: 14", "16 k_proj: 14",
                          "17 v_proj: 14", "18 attn_weights: 15 16", "19 attn_weights: 18", "20 attn_output: 17 19",
                          "21 o_proj: 20", "22 post_attention_layernorm: 21", "23 gate_proj: 22", "24 return: 23",
                          "25 up_proj: 22", "26 down_proj: 24 25", "27 norm: 26", "28 lm_head: 27", "29 probs: 28",
                          "30 embed_tokens: 29", "31 input_layernorm: 30"));
  EXPECT_EQ(all.back(), "59 probs: 58");
}

TEST(DecoderDepsTest, TheExpertsThatAreCalledEndALayer) {
  DecoderConfig config = small_config("mixtral", 2);
  config.num_local_experts = 3;
  DecoderRun run = small_run(1, 1);
  run.call_empty_experts = false;
  // The only token goes to the experts 0 and 1 in the first layer, 1 and 2 in the second.
  EXPECT_THAT(deps_of(config, run),
              ElementsAre("0 embed_tokens:", "1 input_layernorm: 0", "2 q_proj: 1", "3 k_proj: 1", "4 v_proj: 1",
                          "5 attn_output: 2 3 4", "6 o_proj: 5", "7 post_attention_layernorm: 6", "8 gate: 7",
                          "9 routing_weights: 8", "10 w1: 7 9", "11 return: 10", "12 w3: 7 9", "13 w2: 11 12",
                          "14 w1: 7 9", "15 return: 14", "16 w3: 7 9", "17 w2: 15 16", "18 input_layernorm: 13 17",
                          "19 q_proj: 18", "20 k_proj: 18", "21 v_proj: 18", "22 attn_output: 19 20 21",
                          "23 o_proj: 22", "24 post_attention_layernorm: 23", "25 gate: 24", "26 routing_weights: 25",
                          "27 w1: 24 26", "28 return: 27", "29 w3: 24 26", "30 w2: 28 29", "31 w1: 24 26",
                          "32 return: 31", "33 w3: 24 26", "34 w2: 32 33", "35 norm: 30 34", "36 lm_head: 35"));
}

TEST(DecoderDepsTest, HowManyLogitsDoesNotMatter) {
  DecoderRun run = small_run(7, 2);
  const std::vector<std::string> all = deps_of(small_config("llama"), run);
  run.logits = Logits::last;
  EXPECT_EQ(deps_of(small_config("llama"), run), all);
}

// The laws of every decoder.
TEST(DecoderDepsTest, OfEveryShippedModel) {
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(PROJECT_DIR) + "/scenarios/models")) {
    const DecoderConfig config = read_model_config(entry.path().string());
    // In these nobody reads the rotary tables by name, and everybody else is read.
    const std::string& type = config.model_type;
    if (type != "llama" && type != "mistral" && type != "mixtral") continue;
    ++models;
    for (const Attention attention : {Attention::sdpa, Attention::eager})
      for (const bool sampling : {false, true})
        for (const bool call_empty_experts : {false, true}) {
          DecoderRun run = small_run(3, 3);
          run.attention = attention;
          run.sampling = sampling;
          run.call_empty_experts = call_empty_experts;
          SCOPED_TRACE(config.model + " " + to_string(attention) + " " + std::to_string(sampling));
          std::set<std::int64_t> depended_on;
          std::set<std::int64_t> expected;
          const std::vector<LayerEvent> events = events_of(config, run);
          for (const LayerEvent& event : events) {
            ASSERT_EQ(event.deps.empty(), event.seq == 0) << deps_line(event);
            for (std::size_t i = 0; i < event.deps.size(); ++i) {
              ASSERT_LT(i == 0 ? -1 : event.deps[i - 1], event.deps[i]) << deps_line(event);
              ASSERT_LT(event.deps[i], event.seq) << deps_line(event);
            }
            depended_on.insert(event.deps.begin(), event.deps.end());
            if (event.name != "rotary_emb" && event.seq + 1 != static_cast<std::int64_t>(events.size()))
              expected.insert(event.seq);
          }
          ASSERT_EQ(depended_on, expected);
        }
  }
  EXPECT_EQ(models, 11);
}
