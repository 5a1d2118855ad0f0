#include "model/decoder_paths.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "streams.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// "model.layers.0.block_sparse_moe.experts.1.w1 e1"; "attn_output()" for an event without a path.
std::vector<std::string> paths_of(const DecoderConfig& config, const DecoderRun& run) {
  std::vector<std::string> paths;
  for (const LayerEvent& event : events_of(config, run)) {
    paths.push_back(event.path.empty() ? event.name.str() + "()" : event.path.str());
    for (const std::int64_t expert : event.experts) paths.back() += " e" + std::to_string(expert);
  }
  return paths;
}

Call call_of(const char* name, const char* path) {
  Call call;
  call.type = Name("Linear");
  call.name = Name(name);
  call.path = path;
  call.id = 0;
  call.input = {Size::Kind::Rows, 4};
  call.weight = Shape{4, 4};
  call.output = {Size::Kind::Rows, 4};
  return call;
}

std::string problem(const DecoderConfig& config) {
  try {
    check(small_run(1, 1), describe_decoder(config), {"scenario.yaml", 4});
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

DecoderConfig mixtral(std::int64_t layers, std::int64_t experts) {
  DecoderConfig config = small_config("mixtral", layers);
  config.num_local_experts = experts;
  return config;
}

}  // namespace

TEST(DecoderPathsTest, OfADenseModel) {
  EXPECT_THAT(paths_of(small_config("llama", 2), small_run(1, 1)),
              ElementsAre("model.embed_tokens", "model.rotary_emb", "model.layers.0.input_layernorm",
                          "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.k_proj",
                          "model.layers.0.self_attn.v_proj", "attn_output()", "model.layers.0.self_attn.o_proj",
                          "model.layers.0.post_attention_layernorm", "model.layers.0.mlp.gate_proj",
                          "model.layers.0.mlp.act_fn", "model.layers.0.mlp.up_proj", "model.layers.0.mlp.down_proj",
                          "model.layers.1.input_layernorm", "model.layers.1.self_attn.q_proj",
                          "model.layers.1.self_attn.k_proj", "model.layers.1.self_attn.v_proj", "attn_output()",
                          "model.layers.1.self_attn.o_proj", "model.layers.1.post_attention_layernorm",
                          "model.layers.1.mlp.gate_proj", "model.layers.1.mlp.act_fn", "model.layers.1.mlp.up_proj",
                          "model.layers.1.mlp.down_proj", "model.norm", "lm_head"));
}

TEST(DecoderPathsTest, OfEagerAttentionAndSampling) {
  DecoderRun run = small_run(1, 1);
  run.attention = Attention::eager;
  run.sampling = true;
  EXPECT_THAT(paths_of(small_config("mistral"), run),
              ElementsAre("model.embed_tokens", "model.layers.0.input_layernorm", "model.layers.0.self_attn.q_proj",
                          "model.layers.0.self_attn.k_proj", "model.layers.0.self_attn.v_proj", "attn_weights()",
                          "attn_weights()", "attn_output()", "model.layers.0.self_attn.o_proj",
                          "model.layers.0.post_attention_layernorm", "model.layers.0.mlp.gate_proj",
                          "model.layers.0.mlp.act_fn", "model.layers.0.mlp.up_proj", "model.layers.0.mlp.down_proj",
                          "model.norm", "lm_head", "probs()"));
}

TEST(DecoderPathsTest, OfTheExpertsThatAreCalled) {
  DecoderRun run = small_run(1, 1);
  run.call_empty_experts = false;
  // The only token goes to the experts 0 and 1 in the first layer, 1 and 2 in the second.
  std::vector<std::string> experts;
  for (const std::string& path : paths_of(mixtral(2, 3), run))
    if (path.find("block_sparse_moe") != std::string::npos || path.find("()") != std::string::npos)
      experts.push_back(path);
  EXPECT_THAT(
      experts,
      ElementsAre(
          "attn_output()", "model.layers.0.block_sparse_moe.gate", "routing_weights()",
          "model.layers.0.block_sparse_moe.experts.0.w1 e0", "model.layers.0.block_sparse_moe.experts.0.act_fn e0",
          "model.layers.0.block_sparse_moe.experts.0.w3 e0", "model.layers.0.block_sparse_moe.experts.0.w2 e0",
          "model.layers.0.block_sparse_moe.experts.1.w1 e1", "model.layers.0.block_sparse_moe.experts.1.act_fn e1",
          "model.layers.0.block_sparse_moe.experts.1.w3 e1", "model.layers.0.block_sparse_moe.experts.1.w2 e1",
          "attn_output()", "model.layers.1.block_sparse_moe.gate", "routing_weights()",
          "model.layers.1.block_sparse_moe.experts.1.w1 e1", "model.layers.1.block_sparse_moe.experts.1.act_fn e1",
          "model.layers.1.block_sparse_moe.experts.1.w3 e1", "model.layers.1.block_sparse_moe.experts.1.w2 e1",
          "model.layers.1.block_sparse_moe.experts.2.w1 e2", "model.layers.1.block_sparse_moe.experts.2.act_fn e2",
          "model.layers.1.block_sparse_moe.experts.2.w3 e2", "model.layers.1.block_sparse_moe.experts.2.w2 e2"));
}

TEST(DecoderPathsTest, OfAFamilyFromOutside) {
  // Layers 0 and 1 are dense, 2 and 3 have two experts and something after them; some calls have no path.
  register_family("pathways", [](const DecoderConfig& config) {
    DecoderDescription description;
    description.vocab_size = config.vocab_size;
    description.prologue = {call_of("first", "")};
    LayerGroup dense;
    dense.layers = 2;
    dense.path = "blocks";
    dense.calls = {call_of("a", "a"), call_of("b", "")};
    LayerGroup sparse = dense;
    sparse.experts.experts = sparse.experts.chosen = 2;
    sparse.experts.path = "pool";
    sparse.experts.calls = {call_of("w", "w"), call_of("x", "")};
    sparse.after_experts = {call_of("after", "after")};
    description.groups = {dense, LayerGroup(), sparse};
    description.epilogue = {call_of("last", "head.last")};
    return description;
  });
  EXPECT_THAT(
      paths_of(small_config("pathways"), small_run(1, 1)),
      ElementsAre("first()", "blocks.0.a", "b()", "blocks.1.a", "b()", "blocks.2.a", "b()", "blocks.2.pool.0.w e0",
                  "x() e0", "blocks.2.pool.1.w e1", "x() e1", "blocks.2.after", "blocks.3.a", "b()",
                  "blocks.3.pool.0.w e0", "x() e0", "blocks.3.pool.1.w e1", "x() e1", "blocks.3.after", "head.last"));
}

TEST(DecoderPathsTest, AreBounded) {
  // 12 calls a layer (the functions of both kinds of attention), 4 an expert: 500 · (12 + 4 · 247) = 500000.
  EXPECT_EQ(problem(mixtral(500, 247)), "");
  EXPECT_EQ(problem(mixtral(501, 247)),
            "scenario.yaml:4: model: 501000 calls in its layers and their experts; expected at most 500000");
  EXPECT_EQ(problem(mixtral(10'000, 10'000)),
            "scenario.yaml:4: model: 400120000 calls in its layers and their experts; expected at most 500000");
  EXPECT_EQ(problem(small_config("llama", 10'000)), "");
}

TEST(DecoderPathsTest, LayersAndExpertsWithoutCallsCountAsOne) {
  LayerGroup group;
  group.layers = 3;
  EXPECT_EQ(path_count(group), 3);
  group.experts.experts = 4;
  EXPECT_EQ(path_count(group), 15);
  group.calls.resize(2);
  group.after_experts.resize(1);
  group.experts.calls.resize(5);
  EXPECT_EQ(path_count(group), 69);  // 3 · (2 + 1 + 4 · 5)
}
