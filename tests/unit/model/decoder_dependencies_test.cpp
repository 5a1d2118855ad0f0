#include "model/decoder_dependencies.hpp"

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

/// Events of these names, one after another, through one event as a reader's would be.
std::vector<std::string> deps_of(const std::vector<const char*>& names) {
  DecoderDependencies dependencies;
  std::vector<std::string> lines;
  LayerEvent event;
  event.deps = {7, 3};
  for (const char* name : names) {
    event.name = Name(name);
    dependencies.fill(event);
    lines.push_back(deps_line(event));
    ++event.seq;
  }
  return lines;
}

}  // namespace

TEST(DecoderDependenciesTest, TwoPassesOfOneLayerOfLlama) {
  EXPECT_THAT(deps_of(small_config("llama"), small_run(3, 2)),
              ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 input_layernorm: 0", "3 q_proj: 2", "4 k_proj: 2",
                          "5 v_proj: 2", "6 attn_output: 3 4 5", "7 o_proj: 6", "8 post_attention_layernorm: 7",
                          "9 gate_proj: 8", "10 return: 9", "11 up_proj: 8", "12 down_proj: 10 11", "13 norm: 12",
                          "14 lm_head: 13", "15 embed_tokens: 14", "16 rotary_emb: 15", "17 input_layernorm: 15",
                          "18 q_proj: 17", "19 k_proj: 17", "20 v_proj: 17", "21 attn_output: 18 19 20",
                          "22 o_proj: 21", "23 post_attention_layernorm: 22", "24 gate_proj: 23", "25 return: 24",
                          "26 up_proj: 23", "27 down_proj: 25 26", "28 norm: 27", "29 lm_head: 28"));
}

TEST(DecoderDependenciesTest, TwoLayersWithEagerAttentionAndSampling) {
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

TEST(DecoderDependenciesTest, TheExpertsThatAreCalledEndALayer) {
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

TEST(DecoderDependenciesTest, HowManyLogitsDoesNotMatter) {
  DecoderRun run = small_run(7, 2);
  const std::vector<std::string> all = deps_of(small_config("llama"), run);
  run.logits = Logits::last;
  EXPECT_EQ(deps_of(small_config("llama"), run), all);
}

TEST(DecoderDependenciesTest, EventsOfOtherNamesFollowEachOther) {
  EXPECT_THAT(deps_of({"conv", "relu", "fc"}), ElementsAre("0 conv:", "1 relu: 0", "2 fc: 1"));
}

TEST(DecoderDependenciesTest, AnotherNameTakesThePlaceOfTheEventBefore) {
  EXPECT_THAT(deps_of({"embed_tokens", "input_layernorm", "q_proj", "q_norm", "k_proj", "k_norm", "v_proj",
                       "attn_output", "o_proj"}),
              ElementsAre("0 embed_tokens:", "1 input_layernorm: 0", "2 q_proj: 1", "3 q_norm: 2", "4 k_proj: 1",
                          "5 k_norm: 4", "6 v_proj: 1", "7 attn_output: 3 5 6", "8 o_proj: 7"));
  EXPECT_THAT(deps_of({"embed_tokens", "scaled", "dropout", "input_layernorm"}),
              ElementsAre("0 embed_tokens:", "1 scaled: 0", "2 dropout: 1", "3 input_layernorm: 2"));
  EXPECT_THAT(deps_of({"embed_tokens", "rotary_emb", "dropout", "input_layernorm"}),
              ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 dropout: 1", "3 input_layernorm: 2"));
  EXPECT_THAT(
      deps_of({"gate_proj", "return", "up_proj", "down_proj", "dropout", "norm"}),
      ElementsAre("0 gate_proj:", "1 return: 0", "2 up_proj: 1", "3 down_proj: 1 2", "4 dropout: 3", "5 norm: 4"));
  EXPECT_THAT(deps_of({"w1", "return", "w3", "w2", "scaled", "w1", "return", "w3", "w2", "scaled", "norm"}),
              ElementsAre("0 w1:", "1 return: 0", "2 w3: 1", "3 w2: 1 2", "4 scaled: 3", "5 w1: 4", "6 return: 5",
                          "7 w3: 6", "8 w2: 6 7", "9 scaled: 8", "10 norm: 4 9"));
}

TEST(DecoderDependenciesTest, ARouterOfOtherFunctionsIsWaitedFor) {
  EXPECT_THAT(deps_of({"o_proj", "post_attention_layernorm", "gate", "sigmoid", "w1", "return", "w3", "w2"}),
              ElementsAre("0 o_proj:", "1 post_attention_layernorm: 0", "2 gate: 1", "3 sigmoid: 2", "4 w1: 1 3",
                          "5 return: 4", "6 w3: 1 3", "7 w2: 5 6"));
}

TEST(DecoderDependenciesTest, ASharedExpertEndsTheLayerToo) {
  EXPECT_THAT(deps_of({"o_proj", "post_attention_layernorm", "gate", "routing_weights", "w1", "return", "w3", "w2",
                       "gate_proj", "return", "up_proj", "down_proj", "input_layernorm"}),
              ElementsAre("0 o_proj:", "1 post_attention_layernorm: 0", "2 gate: 1", "3 routing_weights: 2",
                          "4 w1: 1 3", "5 return: 4", "6 w3: 1 3", "7 w2: 5 6", "8 gate_proj: 1 3", "9 return: 8",
                          "10 up_proj: 1 3", "11 down_proj: 9 10", "12 input_layernorm: 7 11"));
}

TEST(DecoderDependenciesTest, WhatHasNoPredecessorInItsLayerWaitsForTheEventBefore) {
  for (const char* name : {"embed_tokens",
                           "rotary_emb",
                           "input_layernorm",
                           "q_proj",
                           "k_proj",
                           "v_proj",
                           "attn_weights",
                           "attn_output",
                           "o_proj",
                           "post_attention_layernorm",
                           "gate",
                           "routing_weights",
                           "gate_proj",
                           "w1",
                           "return",
                           "up_proj",
                           "w3",
                           "down_proj",
                           "w2",
                           "norm",
                           "lm_head",
                           "probs"}) {
    EXPECT_THAT(deps_of({name}), ElementsAre("0 " + std::string(name) + ":"));
    EXPECT_THAT(deps_of({"conv", name}), ElementsAre("0 conv:", "1 " + std::string(name) + ": 0"));
  }
  // A part of the predecessors is not enough.
  EXPECT_THAT(deps_of({"embed_tokens", "input_layernorm", "q_proj", "v_proj", "attn_output"}),
              ElementsAre("0 embed_tokens:", "1 input_layernorm: 0", "2 q_proj: 1", "3 v_proj: 1", "4 attn_output: 3"));
}

TEST(DecoderDependenciesTest, NothingOfALayerBeforeIsTakenForThisOnes) {
  // A layer without MLP, then one without norm and projections.
  EXPECT_THAT(
      deps_of({"embed_tokens", "input_layernorm", "q_proj", "k_proj", "v_proj", "attn_output", "o_proj",
               "input_layernorm", "attn_output", "o_proj"}),
      ElementsAre("0 embed_tokens:", "1 input_layernorm: 0", "2 q_proj: 1", "3 k_proj: 1", "4 v_proj: 1",
                  "5 attn_output: 2 3 4", "6 o_proj: 5", "7 input_layernorm: 6", "8 attn_output: 7", "9 o_proj: 8"));
  // Norms of other names: the second layer's product must not wait for the first layer's softmax alone.
  EXPECT_THAT(deps_of({"ln", "q_proj", "k_proj", "v_proj", "attn_weights", "attn_weights", "attn_output", "fc", "ln",
                       "q_proj", "k_proj", "v_proj", "attn_weights"}),
              ElementsAre("0 ln:", "1 q_proj: 0", "2 k_proj: 1", "3 v_proj: 2", "4 attn_weights: 1 2",
                          "5 attn_weights: 4", "6 attn_output: 3 5", "7 fc: 6", "8 ln: 7", "9 q_proj: 8",
                          "10 k_proj: 9", "11 v_proj: 10", "12 attn_weights: 9 10"));
  // An embedding of another name: the next pass must not wait for the last layer of the pass before only.
  EXPECT_THAT(deps_of({"wte", "input_layernorm", "down_proj", "norm", "lm_head", "wte", "input_layernorm"}),
              ElementsAre("0 wte:", "1 input_layernorm: 0", "2 down_proj: 1", "3 norm: 2", "4 lm_head: 3", "5 wte: 4",
                          "6 input_layernorm: 5"));
  EXPECT_THAT(deps_of({"wte", "input_layernorm", "down_proj", "ln_f", "lm_head", "wte", "input_layernorm"}),
              ElementsAre("0 wte:", "1 input_layernorm: 0", "2 down_proj: 1", "3 ln_f: 2", "4 lm_head: 3", "5 wte: 4",
                          "6 input_layernorm: 5"));
}

// The laws of every decoder without events of other names.
TEST(DecoderDependenciesTest, OfEveryShippedModel) {
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
  EXPECT_EQ(models, 9);
}
