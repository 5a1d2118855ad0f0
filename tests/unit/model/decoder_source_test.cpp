#include "model/decoder_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "streams.hpp"

using namespace upmem_des;
using testing::ElementsAre;

TEST(DecoderSourceTest, OneLayerOfLlamaWithFusedAttention) {
  EXPECT_THAT(lines_of(small_config("llama"), small_run(3, 2, 5)),
              ElementsAre("prefill 0 Embedding embed_tokens #0 [5, 3] x [1, 1] -> [5, 3, 8]",
                          "prefill 0 LlamaRotaryEmbedding rotary_emb #13 [5, 3, 8] x [1, 1] -> [5, 3, 8]",
                          "prefill 0 LlamaRMSNorm input_layernorm #10 [5, 3, 8] x [8, 8] -> [5, 3, 8]",
                          "prefill 0 Linear q_proj #1 [5, 3, 8] x [8, 8] -> [5, 3, 8]",
                          "prefill 0 Linear k_proj #2 [5, 3, 8] x [8, 4] -> [5, 3, 4]",
                          "prefill 0 Linear v_proj #3 [5, 3, 8] x [8, 4] -> [5, 3, 4]",
                          "prefill 0 scaled_dot_product_attention attn_output [5, 4, 3, 2] -> [5, 4, 3, 2]",
                          "prefill 0 Linear o_proj #4 [5, 3, 8] x [8, 8] -> [5, 3, 8]",
                          "prefill 0 LlamaRMSNorm post_attention_layernorm #11 [5, 3, 8] x [8, 8] -> [5, 3, 8]",
                          "prefill 0 Linear gate_proj #6 [5, 3, 8] x [8, 20] -> [5, 3, 20]",
                          "prefill 0 SiLUActivation return #9 [5, 3, 20] x [1, 1] -> [5, 3, 20]",
                          "prefill 0 Linear up_proj #7 [5, 3, 8] x [8, 20] -> [5, 3, 20]",
                          "prefill 0 Linear down_proj #8 [5, 3, 20] x [20, 8] -> [5, 3, 8]",
                          "prefill 0 LlamaRMSNorm norm #12 [5, 3, 8] x [8, 8] -> [5, 3, 8]",
                          "prefill 0 Linear lm_head #14 [5, 3, 8] x [8, 50] -> [5, 3, 50]",
                          "decode 1 Embedding embed_tokens #0 [5, 1] x [1, 1] -> [5, 1, 8]",
                          "decode 1 LlamaRotaryEmbedding rotary_emb #13 [5, 1, 8] x [1, 1] -> [5, 1, 8]",
                          "decode 1 LlamaRMSNorm input_layernorm #10 [5, 1, 8] x [8, 8] -> [5, 1, 8]",
                          "decode 1 Linear q_proj #1 [5, 1, 8] x [8, 8] -> [5, 1, 8]",
                          "decode 1 Linear k_proj #2 [5, 1, 8] x [8, 4] -> [5, 1, 4]",
                          "decode 1 Linear v_proj #3 [5, 1, 8] x [8, 4] -> [5, 1, 4]",
                          "decode 1 scaled_dot_product_attention attn_output [5, 4, 4, 2] -> [5, 4, 1, 2]",
                          "decode 1 Linear o_proj #4 [5, 1, 8] x [8, 8] -> [5, 1, 8]",
                          "decode 1 LlamaRMSNorm post_attention_layernorm #11 [5, 1, 8] x [8, 8] -> [5, 1, 8]",
                          "decode 1 Linear gate_proj #6 [5, 1, 8] x [8, 20] -> [5, 1, 20]",
                          "decode 1 SiLUActivation return #9 [5, 1, 20] x [1, 1] -> [5, 1, 20]",
                          "decode 1 Linear up_proj #7 [5, 1, 8] x [8, 20] -> [5, 1, 20]",
                          "decode 1 Linear down_proj #8 [5, 1, 20] x [20, 8] -> [5, 1, 8]",
                          "decode 1 LlamaRMSNorm norm #12 [5, 1, 8] x [8, 8] -> [5, 1, 8]",
                          "decode 1 Linear lm_head #14 [5, 1, 8] x [8, 50] -> [5, 1, 50]"));
}

TEST(DecoderSourceTest, EagerAttentionIsTwoProductsAndASoftmax) {
  DecoderRun run = small_run(3, 3, 5);
  run.attention = Attention::eager;
  std::vector<std::string> functions;
  for (const LayerEvent& event : events_of(small_config("llama"), run))
    if (event.kind == EventKind::Function) functions.push_back(line(event));
  EXPECT_THAT(functions, ElementsAre("prefill 0 matmul attn_weights [5, 4, 3, 2] -> [5, 4, 3, 3]",
                                     "prefill 0 softmax attn_weights [5, 4, 3, 3] -> [5, 4, 3, 3]",
                                     "prefill 0 matmul attn_output [5, 4, 3, 3] -> [5, 4, 3, 2]",
                                     "decode 1 matmul attn_weights [5, 4, 1, 2] -> [5, 4, 1, 4]",
                                     "decode 1 softmax attn_weights [5, 4, 1, 4] -> [5, 4, 1, 4]",
                                     "decode 1 matmul attn_output [5, 4, 1, 4] -> [5, 4, 1, 2]",
                                     "decode 2 matmul attn_weights [5, 4, 1, 2] -> [5, 4, 1, 5]",
                                     "decode 2 softmax attn_weights [5, 4, 1, 5] -> [5, 4, 1, 5]",
                                     "decode 2 matmul attn_output [5, 4, 1, 5] -> [5, 4, 1, 2]"));
}

TEST(DecoderSourceTest, LastLogitsOnlyCutsLmHeadAndNothingElse) {
  DecoderRun run = small_run(7, 2);
  const std::vector<std::string> all = lines_of(small_config("mistral"), run);
  run.logits = Logits::last;
  const std::vector<std::string> last = lines_of(small_config("mistral"), run);
  ASSERT_EQ(all.size(), last.size());
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i] != last[i]) changed.insert(changed.end(), {all[i], last[i]});
  EXPECT_THAT(changed, ElementsAre("prefill 0 Linear lm_head #12 [1, 7, 8] x [8, 50] -> [1, 7, 50]",
                                   "prefill 0 Linear lm_head #12 [1, 1, 8] x [8, 50] -> [1, 1, 50]"));
}

TEST(DecoderSourceTest, SamplingBelongsToTheNextStep) {
  DecoderRun run = small_run(7, 3, 2);
  run.sampling = true;
  std::vector<std::string> functions;
  std::int64_t seq = 0;
  for (const LayerEvent& event : events_of(small_config("mistral"), run)) {
    EXPECT_EQ(event.seq, seq++);
    if (event.name == "probs") functions.push_back(line(event));
  }
  EXPECT_THAT(functions,
              ElementsAre("decode 1 softmax probs [2, 50] -> [2, 50]", "decode 2 softmax probs [2, 50] -> [2, 50]",
                          "decode 3 softmax probs [2, 50] -> [2, 50]"));
}

TEST(DecoderSourceTest, HeadsNeedNotFillTheHiddenSize) {
  DecoderConfig config = small_config("mistral");
  config.head_dim = 16;
  const std::vector<std::string> lines = lines_of(config, small_run(3, 1));
  EXPECT_THAT(lines, testing::Contains("prefill 0 Linear q_proj #1 [1, 3, 8] x [8, 64] -> [1, 3, 64]"));
  EXPECT_THAT(lines, testing::Contains("prefill 0 Linear k_proj #2 [1, 3, 8] x [8, 32] -> [1, 3, 32]"));
  EXPECT_THAT(lines, testing::Contains("prefill 0 Linear o_proj #4 [1, 3, 64] x [64, 8] -> [1, 3, 8]"));
}

TEST(DecoderSourceTest, ExpertsWithoutTokensAreSkippedOnRequest) {
  DecoderRun run = small_run(1, 2);
  run.call_empty_experts = false;
  std::vector<std::string> experts;
  for (const LayerEvent& event : events_of(small_config("mixtral", 2), run))
    if (event.name == "w1") experts.push_back(line(event));
  // Token 0 goes to experts 0, 1 in layer 0 and 1, 2 in layer 1; token 1 to 1, 2 and 2, 3.
  EXPECT_THAT(
      experts,
      ElementsAre(
          "prefill 0 Linear w1 #6 [1, 8] x [8, 20] -> [1, 20]", "prefill 0 Linear w1 #10 [1, 8] x [8, 20] -> [1, 20]",
          "prefill 0 Linear w1 #33 [1, 8] x [8, 20] -> [1, 20]", "prefill 0 Linear w1 #37 [1, 8] x [8, 20] -> [1, 20]",
          "decode 1 Linear w1 #10 [1, 8] x [8, 20] -> [1, 20]", "decode 1 Linear w1 #14 [1, 8] x [8, 20] -> [1, 20]",
          "decode 1 Linear w1 #37 [1, 8] x [8, 20] -> [1, 20]", "decode 1 Linear w1 #41 [1, 8] x [8, 20] -> [1, 20]"));
}

TEST(DecoderSourceTest, ExpectedEventsAreThoseThatCome) {
  for (const char* family : {"llama", "mistral", "mixtral"})
    for (const bool call_empty : {true, false})
      for (const Attention attention : {Attention::sdpa, Attention::eager})
        for (const std::int64_t prompt : {1, 2, 3, 4, 9}) {
          DecoderRun run = small_run(prompt, 3, 2);
          run.call_empty_experts = call_empty;
          run.attention = attention;
          run.sampling = call_empty;
          const DecoderConfig config = small_config(family, 3);
          EXPECT_EQ(DecoderSource(config, run).expected_events(),
                    static_cast<std::int64_t>(events_of(config, run).size()))
              << family << " " << call_empty << " " << prompt;
        }
  DecoderRun random = small_run(4, 2);
  random.routing = Routing::uniform_random;
  EXPECT_TRUE(DecoderSource(small_config("mixtral"), random).expected_events().has_value());
  random.call_empty_experts = false;
  EXPECT_FALSE(DecoderSource(small_config("mixtral"), random).expected_events().has_value());
  EXPECT_TRUE(DecoderSource(small_config("llama"), random).expected_events().has_value());
}

TEST(DecoderSourceTest, RandomRoutesCarryEveryTokenToItsExperts) {
  DecoderRun run = small_run(6, 4, 3);
  run.routing = Routing::uniform_random;
  run.routing_seed = 7;
  const std::vector<std::string> first = lines_of(small_config("mixtral", 2), run);
  EXPECT_EQ(first, lines_of(small_config("mixtral", 2), run));
  std::map<std::int64_t, std::int64_t> rows_of_step;
  for (const LayerEvent& event : events_of(small_config("mixtral", 2), run))
    if (event.name == "w1") rows_of_step[event.step] += event.input_shape[0];
  // 2 layers × 2 experts a token × 3 rows × T.
  EXPECT_EQ(rows_of_step, (std::map<std::int64_t, std::int64_t>{{0, 72}, {1, 12}, {2, 12}, {3, 12}}));
  run.routing_seed = 8;
  EXPECT_NE(first, lines_of(small_config("mixtral", 2), run));
}

TEST(DecoderSourceTest, ShortenedStreamHasEveryName) {
  for (const char* family : {"llama", "mistral", "mixtral"}) {
    DecoderRun run = small_run(5, 40);
    run.sampling = true;
    std::set<std::string> whole, brief;
    for (const LayerEvent& event : events_of(small_config(family), run)) whole.insert(event.name.str());
    for (const LayerEvent& event : events_of(small_config(family), shortened(run))) brief.insert(event.name.str());
    EXPECT_EQ(whole, brief);
  }
}

TEST(DecoderSourceTest, ShortenedStreamIsPrefillAndTheLastPass) {
  const auto by_step = [](const DecoderRun& run) {
    std::map<std::int64_t, std::int64_t> events;
    std::int64_t longest = 0;
    for (const LayerEvent& event : events_of(small_config("llama"), run)) {
      ++events[event.step];
      if (event.type == "scaled_dot_product_attention") longest = std::max(longest, event.input_shape.from_end(1));
    }
    return std::make_pair(events, longest);
  };
  const auto [whole, whole_longest] = by_step(small_run(5, 40));
  const auto [brief, brief_longest] = by_step(shortened(small_run(5, 40)));
  EXPECT_EQ(brief, (std::map<std::int64_t, std::int64_t>{{0, whole.at(0)}, {39, whole.at(39)}}));
  EXPECT_EQ(whole_longest, 44);
  EXPECT_EQ(brief_longest, 44);
  for (const std::int64_t tokens : {1, 2})
    EXPECT_EQ(by_step(small_run(5, tokens)), by_step(shortened(small_run(5, tokens))));
  const DecoderRun run = shortened(small_run(5, 40));
  EXPECT_EQ(DecoderSource(small_config("llama"), run).expected_events(),
            static_cast<std::int64_t>(events_of(small_config("llama"), run).size()));
}

TEST(DecoderSourceTest, HeaderTellsWhatTheEventsDoNot) {
  DecoderConfig config = small_config("mistral");
  config.sliding_window = 16;
  DecoderRun run = small_run(5, 2, 3);
  run.dtype = NumberFormat::int4;
  const DecoderSource source(config, run);
  EXPECT_EQ(source.header().model, "small");
  EXPECT_EQ(source.header().source, "weight-free: small.json");
  EXPECT_EQ(source.header().dtype, NumberFormat::int4);
  EXPECT_EQ(source.header().batch, 3);
  EXPECT_EQ(source.header().num_key_value_heads, 2);
  EXPECT_EQ(source.header().sliding_window, 16);
}
