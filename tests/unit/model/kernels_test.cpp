/// What models call as kernels, in which order, and whose results each reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/blocks/calls.hpp"
#include "model/call_choice.hpp"
#include "operation/operation_text.hpp"
#include "streams.hpp"
#include "trace/parameters.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/trace/recognise.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

DecoderRun kernels(std::int64_t prompt_tokens, std::int64_t output_tokens, std::vector<std::string> asked_for = {}) {
  DecoderRun run = small_run(prompt_tokens, output_tokens);
  run.detail = Detail::kernels;
  run.asked_for = std::move(asked_for);
  return run;
}

/// "3 qkv_proj: 2".
std::vector<std::string> reads_of(const DecoderConfig& config, const DecoderRun& run) {
  std::vector<std::string> lines;
  for (const LayerEvent& event : events_of(config, run)) {
    lines.push_back(std::to_string(event.seq) + " " + event.name.str() + ":");
    for (const std::int64_t dep : event.deps) lines.back() += " " + std::to_string(dep);
  }
  return lines;
}

/// "qkv_proj product columns=query_key_value query_columns=8", of the events of these names, each once.
std::vector<std::string> operations_of(const DecoderConfig& config, const DecoderRun& run,
                                       const std::vector<std::string>& names) {
  std::vector<std::string> lines;
  for (const LayerEvent& event : events_of(config, run)) {
    const std::string line = event.name.str() + " " + text_of(operation_of(event));
    if (std::find(names.begin(), names.end(), event.name.str()) != names.end() &&
        std::find(lines.begin(), lines.end(), line) == lines.end())
      lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> shipped_models() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(PROJECT_DIR "/scenarios/models"))
    if (entry.path().extension() == ".json") files.push_back(entry.path().stem().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST(KernelsTest, OfTwoLayersOfLlama) {
  EXPECT_THAT(
      reads_of(small_config("llama", 2), kernels(3, 1)),
      ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 input_layernorm: 0", "3 qkv_proj: 2", "4 rotary: 3",
                  "5 cache_write: 4", "6 attn_output: 4 5", "7 o_proj: 6", "8 post_attention_layernorm: 2 7",
                  "9 gate_up_proj: 8", "10 act_and_mul: 9", "11 down_proj: 10", "12 input_layernorm: 8 11",
                  "13 qkv_proj: 12", "14 rotary: 13", "15 cache_write: 14", "16 attn_output: 14 15", "17 o_proj: 16",
                  "18 post_attention_layernorm: 12 17", "19 gate_up_proj: 18", "20 act_and_mul: 19", "21 down_proj: 20",
                  "22 norm: 18 21", "23 lm_head: 22", "24 sampler: 23"));
}

TEST(KernelsTest, ShapesAndIds) {
  EXPECT_THAT(lines_of(small_config("mistral"), kernels(3, 1)),
              ElementsAre("prefill 0 Embedding embed_tokens #0 [1, 3] x [1, 1] -> [1, 3, 8]",
                          "prefill 0 LlamaRMSNorm input_layernorm #9 [1, 3, 8] x [8, 8] -> [1, 3, 8]",
                          "prefill 0 Linear qkv_proj #1 [1, 3, 8] x [8, 16] -> [1, 3, 16]",
                          "prefill 0 rotary_embedding rotary [1, 3, 8, 2] -> [1, 3, 8, 2]",
                          "prefill 0 reshape_and_cache cache_write [1, 3, 2, 4] -> [1, 3, 2, 4]",
                          "prefill 0 scaled_dot_product_attention attn_output [1, 4, 3, 2] -> [1, 4, 3, 2]",
                          "prefill 0 Linear o_proj #4 [1, 3, 8] x [8, 8] -> [1, 3, 8]",
                          "prefill 0 LlamaRMSNorm post_attention_layernorm #10 [1, 3, 8] x [8, 8] -> [1, 3, 8]",
                          "prefill 0 Linear gate_up_proj #5 [1, 3, 8] x [8, 40] -> [1, 3, 40]",
                          "prefill 0 act_and_mul act_and_mul [1, 3, 20] -> [1, 3, 20]",
                          "prefill 0 Linear down_proj #7 [1, 3, 20] x [20, 8] -> [1, 3, 8]",
                          "prefill 0 LlamaRMSNorm norm #11 [1, 3, 8] x [8, 8] -> [1, 3, 8]",
                          "prefill 0 Linear lm_head #12 [1, 3, 8] x [8, 50] -> [1, 3, 50]",
                          "prefill 0 sampler sampler [1, 50] -> [1, 1]"));
}

TEST(KernelsTest, TheFirstLayersNormAddsNothing) {
  EXPECT_THAT(operations_of(small_config("llama", 3), kernels(3, 1),
                            {"input_layernorm", "qkv_proj", "rotary", "cache_write", "post_attention_layernorm",
                             "gate_up_proj", "act_and_mul", "norm", "sampler"}),
              ElementsAre("input_layernorm norm", "qkv_proj product columns=query_key_value query_columns=8",
                          "rotary rotate width=2 value_heads=2", "cache_write cache_write",
                          "post_attention_layernorm norm adds", "gate_up_proj product columns=gate_up",
                          "act_and_mul pointwise function=silu gated", "input_layernorm norm adds", "norm norm adds",
                          "sampler pointwise last_rows"));
}

TEST(KernelsTest, LayersThatAreAskedForStay) {
  const DecoderConfig config = small_config("llama");
  EXPECT_THAT(reads_of(config, kernels(3, 1, {"k_proj"})),
              ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 input_layernorm: 0", "3 q_proj: 2", "4 k_proj: 2",
                          "5 v_proj: 2", "6 rotary: 3 4 5", "7 cache_write: 6", "8 attn_output: 6 7", "9 o_proj: 8",
                          "10 post_attention_layernorm: 2 9", "11 gate_up_proj: 10", "12 act_and_mul: 11",
                          "13 down_proj: 12", "14 norm: 10 13", "15 lm_head: 14", "16 sampler: 15"));
  EXPECT_THAT(reads_of(config, kernels(3, 1, {"up_proj", "SiLUActivation"})),
              ElementsAre("0 embed_tokens:", "1 rotary_emb: 0", "2 input_layernorm: 0", "3 qkv_proj: 2", "4 rotary: 3",
                          "5 cache_write: 4", "6 attn_output: 4 5", "7 o_proj: 6", "8 post_attention_layernorm: 2 7",
                          "9 gate_proj: 8", "10 up_proj: 8", "11 return: 9 10", "12 down_proj: 11", "13 norm: 8 12",
                          "14 lm_head: 13", "15 sampler: 14"));
  EXPECT_THAT(operations_of(config, kernels(3, 1, {"return"}), {"return", "act_and_mul"}),
              ElementsAre("return pointwise function=silu gated"));
}

/// One product has one format: of weights that are stored in two, each keeps its own.
TEST(KernelsTest, ExpertsAreOneKernel) {
  const DecoderConfig config = small_config("mixtral");
  const std::vector<std::string> names{"gate", "gate_up_proj", "act_and_mul", "w2", "w1"};
  EXPECT_THAT(
      operations_of(config, kernels(3, 1), names),
      ElementsAre("gate product format=activations experts=before", "gate_up_proj product columns=gate_up experts=in",
                  "act_and_mul pointwise function=silu gated experts", "w2 product experts=out"));
  EXPECT_THAT(operations_of(config, kernels(3, 1, {"w2"}), names),
              ElementsAre("gate product format=activations", "gate_up_proj product columns=gate_up",
                          "act_and_mul pointwise function=silu gated", "w2 product"))
      << "w2 is asked for";
  EXPECT_THAT(operations_of(config, small_run(3, 1), names),
              ElementsAre("gate product format=activations", "w1 product", "w2 product"))
      << "as layers";
}

/// As families of other programs may have them: their names say it.
TEST(KernelsTest, ExpertsThatDoNotSayWhatTheyComputeAreNoKernel) {
  const std::vector<Size> rows{{Size::Kind::ExpertRows}};
  DecoderDescription description;
  description.groups.emplace_back();
  LayerGroup& group = description.groups.back();
  group.layers = 1;
  group.experts.experts = 2;
  Call activation;
  activation.name = activation.type = Name("act");
  group.experts.calls = {linear("up", rows, 8, 20), activation, linear("down", rows, 20, 8)};
  choose_calls(description, Detail::kernels, {});
  ASSERT_EQ(description.groups.front().experts.calls.size(), 3U);
  EXPECT_EQ(text_of(*description.groups.front().experts.calls[0].operation), "product");
}

/// Whatever else of a layer is as wide as there are experts.
TEST(KernelsTest, OneCallOfALayerLaunchesItsExperts) {
  for (const std::string& name : shipped_models()) {
    const DecoderConfig config = read_model_config(std::string(PROJECT_DIR "/scenarios/models/") + name + ".json");
    if (config.num_local_experts == 0) continue;
    DecoderRun run = kernels(3, 1);
    std::int64_t launches = 0, layers = 0;
    std::int64_t open = 0;
    DecoderSource source(config, run);
    for (LayerEvent event; source.next(event);) {
      const auto* product = as<operation::Product>(operation_of(event));
      if (product == nullptr) continue;
      if (product->experts == operation::ExpertKernel::Before) ++launches, ++open;
      if (product->experts == operation::ExpertKernel::In && open > 0) ++layers, open = 0;
    }
    EXPECT_GT(launches, 0) << name;
    EXPECT_EQ(launches, layers) << name << ": each is followed by the experts of its layer";
  }
}

TEST(KernelsTest, LayersOfDifferentFormatsStay) {
  const auto products_of = [](const std::string& left_out) {
    DecoderConfig config = small_config("llama");
    config.weight_formats.format = NumberFormat::int8;
    config.weight_formats.left_out = {left_out};
    return operations_of(config, kernels(3, 1), {"qkv_proj", "q_proj", "k_proj", "v_proj", "o_proj"});
  };
  EXPECT_THAT(products_of("k_proj"),
              ElementsAre("q_proj product columns=query_heads", "k_proj product columns=cache_heads format=activations",
                          "v_proj product columns=cache_heads", "o_proj product"));
  EXPECT_THAT(products_of("self_attn"),
              ElementsAre("qkv_proj product columns=query_key_value format=activations query_columns=8",
                          "o_proj product format=activations"));
  EXPECT_THAT(products_of("gate_proj"),
              ElementsAre("qkv_proj product columns=query_key_value query_columns=8", "o_proj product"));
}

TEST(KernelsTest, OfLatentAttention) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/deepseek-v2-lite.json");
  EXPECT_THAT(operations_of(config, kernels(3, 2), {"rotary", "cache_write"}),
              ElementsAre("rotary rotate width=64 one_key", "cache_write cache_write latent"));
}

/// The decoder's own tokens are written in every pass, those of the encoder once.
TEST(KernelsTest, OfCrossAttention) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/whisper-tiny.json");
  std::vector<std::string> writes;
  for (const LayerEvent& event : events_of(config, kernels(3, 2)))
    if (event.name == Name("cache_write")) writes.push_back(line(event));
  ASSERT_EQ(writes.size(), 4U * 3) << "4 layers";
  EXPECT_EQ(writes[0], "prefill 0 reshape_and_cache cache_write [1, 3, 6, 128] -> [1, 3, 6, 128]");
  EXPECT_EQ(writes[1], "prefill 0 reshape_and_cache cache_write [1, 1500, 6, 128] -> [1, 1500, 6, 128]");
  EXPECT_EQ(writes[8], "decode 1 reshape_and_cache cache_write [1, 1, 6, 128] -> [1, 1, 6, 128]");
}

TEST(KernelsTest, EncodersKeepNothingAndSampleNothing) {
  for (const char* name : {"bert-base", "vit-base-16"}) {
    const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/" + std::string(name) + ".json");
    EXPECT_THAT(operations_of(config, kernels(3, 1), {"cache_write", "rotary", "sampler"}), ElementsAre()) << name;
  }
}

TEST(KernelsTest, EagerAttentionReadsWhatIsTurned) {
  DecoderRun run = kernels(3, 1);
  run.attention = Attention::eager;
  const std::vector<std::string> all = reads_of(small_config("mistral"), run);
  EXPECT_THAT(std::vector<std::string>(all.begin() + 2, all.begin() + 9),
              ElementsAre("2 qkv_proj: 1", "3 rotary: 2", "4 cache_write: 3", "5 attn_weights: 3 4",
                          "6 attn_weights: 5", "7 attn_output: 3 6", "8 o_proj: 7"));
}

TEST(KernelsTest, ASamplerEndsEveryPass) {
  DecoderRun run = kernels(3, 2);
  run.sampling = true;
  std::vector<std::string> ends;
  for (const LayerEvent& event : events_of(small_config("llama"), run))
    if (event.ends_pass) ends.push_back(line(event) + ", " + text_of(operation_of(event)));
  EXPECT_THAT(ends, ElementsAre("prefill 0 softmax sampler [1, 50] -> [1, 50], pointwise function=softmax last_rows",
                                "decode 1 softmax sampler [1, 50] -> [1, 50], pointwise function=softmax last_rows"));
  EXPECT_TRUE(DecoderSource(small_config("llama"), run).header().marks_passes);
  run.asked_for = {"probs"};
  EXPECT_EQ(events_of(small_config("llama"), run).back().name, Name("probs"));
}

TEST(KernelsTest, LayerNormsDoNotAdd) {
  const std::vector<std::string> all = reads_of(small_config("gpt2"), kernels(3, 1));
  EXPECT_THAT(
      all, ElementsAre("0 wte:", "1 wpe: 0", "2 embedding_add: 0 1", "3 drop: 2", "4 ln_1: 3", "5 c_attn: 4",
                       "6 cache_write: 5", "7 attn_output: 5 6", "8 c_proj: 7", "9 resid_dropout: 8",
                       "10 residual_add: 3 9", "11 ln_2: 10", "12 c_fc: 11", "13 act: 12", "14 c_proj: 13",
                       "15 dropout: 14", "16 residual_add: 10 15", "17 ln_f: 16", "18 lm_head: 17", "19 sampler: 18"));
}

TEST(KernelsTest, PartsBesideEachOtherAreAddedOneAfterTheOther) {
  const std::vector<std::string> all = reads_of(small_config("gpt_neox"), kernels(3, 1));
  EXPECT_THAT(
      std::vector<std::string>(all.begin() + 3, all.end()),
      ElementsAre("3 input_layernorm: 1", "4 query_key_value: 3", "5 cache_write: 4", "6 attn_output: 4 5",
                  "7 dense: 6", "8 post_attention_dropout: 7", "9 post_attention_layernorm: 1", "10 dense_h_to_4h: 9",
                  "11 act: 10", "12 dense_4h_to_h: 11", "13 post_mlp_dropout: 12", "14 residual_add: 1 8",
                  "15 residual_add: 13 14", "16 final_layer_norm: 15", "17 embed_out: 16", "18 sampler: 17"));
}

/// Weights are held once whichever way they are called, products compute as much, and whoever is asked for by name is
/// there.
TEST(KernelsTest, OfEveryShippedModelWeightsAndProductsAreTheSame) {
  for (const std::string& name : shipped_models()) {
    const DecoderConfig config = read_model_config(PROJECT_DIR "/scenarios/models/" + name + ".json");
    double parameters[3] = {0, 0, 0}, flop[3] = {0, 0, 0};
    std::set<std::string> names[3];
    for (int i = 0; i < 3; ++i) {
      DecoderRun run = small_run(5, 1, 2);
      run.detail = i == 0 ? Detail::layers : Detail::kernels;
      if (i == 2) run.asked_for.assign(names[0].begin(), names[0].end());
      for (const LayerEvent& event : events_of(config, run)) {
        if (event.kind == EventKind::Layer) names[i].insert(event.name.str());
        parameters[i] += parameter_count(event);
        const auto* product = as<operation::Product>(operation_of(event));
        if (product != nullptr && product->second == operation::Product::Second::Weight)
          flop[i] += 2 * event.input_shape.elements() * static_cast<double>((*event.weight_shape)[1]);
      }
    }
    for (int i = 1; i < 3; ++i) {
      EXPECT_DOUBLE_EQ(parameters[0], parameters[i]) << name;
      EXPECT_DOUBLE_EQ(flop[0], flop[i]) << name;
    }
    EXPECT_EQ(names[0], names[2]) << name;
  }
}
