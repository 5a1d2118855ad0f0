/// Logits and tokens against those that Hugging Face transformers computed, see scripts/make_tiny_models.py.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"
#include "unit/profiler_decoder/tiny_models.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

using Json = nlohmann::json;

constexpr double logit_tolerance = 1e-4;

/// expected.json of a folder, with all logits as [2, T + steps, vocab].
struct Expected {
  explicit Expected(const std::string& name) {
    const Json json = Json::parse(std::ifstream(model_folder(name) + "/expected.json"));
    prompt = ids(json["prompt_ids"].get<std::vector<std::vector<std::int64_t>>>());
    tokens = ids(json["tokens"].get<std::vector<std::vector<std::int64_t>>>()).transpose(0, 1).contiguous();
    std::vector<torch::Tensor> rows;
    for (const Json& row : json["prefill_logits"]) rows.push_back(matrix(row));
    const torch::Tensor prefill = torch::stack(rows);
    std::vector<torch::Tensor> steps{prefill};
    for (const Json& step : json["decode_logits"]) steps.push_back(matrix(step).unsqueeze(1));
    logits = torch::cat(steps, 1);
  }

  static torch::Tensor matrix(const Json& json) {
    std::vector<torch::Tensor> rows;
    for (const Json& row : json) rows.push_back(torch::tensor(row.get<std::vector<float>>()));
    return torch::stack(rows);
  }

  torch::Tensor prompt;  ///< [2, T]
  torch::Tensor tokens;  ///< [2, steps + 1]
  torch::Tensor logits;
};

class HuggingFaceTest : public testing::TestWithParam<const char*> {};

}  // namespace

TEST_P(HuggingFaceTest, LogitsAndGreedyTokensAgree) {
  const Expected expected(GetParam());
  const torch::Tensor fed = expected.tokens.narrow(1, 0, expected.tokens.size(1) - 1);
  for (const Attention attention : {Attention::eager, Attention::sdpa}) {
    DecoderOptions options;
    options.attention = attention;
    const auto model = stored_model(model_folder(GetParam()), options);
    const torch::Tensor logits = logits_with_cache(*model, expected.prompt, fed);
    ASSERT_EQ(logits.sizes(), expected.logits.sizes());
    const double difference = largest_difference(logits, expected.logits);
    RecordProperty(std::string("largest_difference_") + to_string(attention), number_text(difference));
    EXPECT_LT(difference, logit_tolerance) << to_string(attention);
    // The most likely token of the prompt's last position and of each step after it.
    const torch::Tensor greedy = logits.narrow(1, expected.prompt.size(1) - 1, expected.tokens.size(1)).argmax(-1);
    EXPECT_TRUE(torch::equal(greedy, expected.tokens)) << to_string(attention);
  }
}

TEST_P(HuggingFaceTest, OnlyTheLastPositionsLogits) {
  const Expected expected(GetParam());
  DecoderOptions options;
  options.logits = Logits::last;
  const auto model = stored_model(model_folder(GetParam()), options);
  const torch::Tensor logits = logits_at_once(*model, expected.prompt);
  const std::int64_t last = expected.prompt.size(1) - 1;
  ASSERT_EQ(logits.size(1), 1);
  EXPECT_LT(largest_difference(logits, expected.logits.narrow(1, last, 1)), logit_tolerance);
}

/// bfloat16 keeps 8 bits of a number: each operation is off by up to 0.4 %, and tens of them follow each other in two
/// layers. Logits here are up to 5, so that errors of some 0.1 are to be expected; a wrong computation gives errors of
/// the size of the logits.
TEST_P(HuggingFaceTest, BFloat16IsNear) {
  const Expected expected(GetParam());
  const auto model = stored_model(model_folder(GetParam()), {}, torch::kBFloat16);
  const torch::NoGradGuard no_gradients;
  KvCache cache = model->cache(2, expected.prompt.size(1));
  const torch::Tensor logits = model->forward(expected.prompt, cache);
  EXPECT_EQ(logits.scalar_type(), torch::kBFloat16);
  ASSERT_TRUE(torch::isfinite(logits).all().item<bool>());
  const torch::Tensor prefill = expected.logits.narrow(1, 0, expected.prompt.size(1));
  const torch::Tensor error = (logits.to(torch::kFloat32) - prefill).abs();
  EXPECT_LT(error.mean().item<double>(), 0.05 * prefill.abs().mean().item<double>());
}

INSTANTIATE_TEST_SUITE_P(All, HuggingFaceTest,
                         testing::Values("tiny_llama", "tiny_llama_linear", "tiny_llama3", "tiny_mistral",
                                         "tiny_mixtral", "tiny_qwen2", "tiny_qwen3", "tiny_gpt2", "tiny_gemma3",
                                         "tiny_qwen3_moe", "tiny_qwen3_moe_packed", "tiny_deepseek_v3",
                                         "tiny_deepseek_v3_plain"),
                         [](const auto& test) { return std::string(test.param); });

/// What the comparison would not notice if it were left out: each of these changes the logits by far more.
TEST(HuggingFaceTest, TheComparisonNoticesWhatItIsFor) {
  struct Change {
    const char* model;
    const char* what;
    std::function<void(DecoderConfig&, DecoderNumerics&)> make;
  };
  const std::vector<Change> changes = {
      {"tiny_mistral", "no window", [](auto& config, auto&) { config.sliding_window.reset(); }},
      {"tiny_mistral", "a wider window", [](auto& config, auto&) { config.sliding_window = 5; }},
      {"tiny_mistral", "another base", [](auto&, auto& numerics) { numerics.rope_theta = 10000; }},
      {"tiny_llama3", "no rope scaling", [](auto&, auto& numerics) { numerics.rope_scaling = {}; }},
      {"tiny_llama3", "another bound", [](auto&, auto& numerics) { numerics.rope_scaling.high_freq_factor = 8; }},
      {"tiny_llama3", "no biases of attention", [](auto&, auto& numerics) { numerics.attention_bias = false; }},
      {"tiny_llama3", "no biases of the MLP", [](auto&, auto& numerics) { numerics.mlp_bias = false; }},
      {"tiny_llama_linear", "no rope scaling", [](auto&, auto& numerics) { numerics.rope_scaling = {}; }},
      {"tiny_llama", "a larger epsilon", [](auto&, auto& numerics) { numerics.rms_norm_eps = 1e-2; }},
      {"tiny_mixtral", "one expert a token", [](auto& config, auto&) { config.num_experts_per_tok = 1; }},
  };
  for (const Change& change : changes) {
    const Expected expected(change.model);
    DecoderConfig config = read_model_config(model_folder(change.model) + "/config.json");
    DecoderNumerics numerics = read_model_numerics(config);
    change.make(config, numerics);
    const auto checkpoint = Checkpoint::open(model_folder(change.model));
    StoredWeights weights(*checkpoint, torch::kFloat32);
    const DecoderModel model(config, numerics, {}, weights);
    const torch::Tensor logits = logits_at_once(model, expected.prompt);
    EXPECT_GT(largest_difference(logits, expected.logits.narrow(1, 0, logits.size(1))), 100 * logit_tolerance)
        << change.model << ": " << change.what;
  }
}

namespace {

/// The logits of all positions of the prompt, with the weights of a folder and another config.json.
torch::Tensor logits_with(const std::string& model, const std::string& json, const Expected& expected) {
  const DecoderConfig config = parse_model_config(json, "config.json");
  const auto checkpoint = Checkpoint::open(model_folder(model));
  StoredWeights weights(*checkpoint, torch::kFloat32, config.num_local_experts);
  return logits_at_once(DecoderModel(config, parse_model_numerics(json, config), {}, weights), expected.prompt);
}

}  // namespace

TEST(HuggingFaceTest, EveryKeyOfTheSmallModelsCounts) {
  struct Change {
    const char* model;
    const char* from;
    const char* to;
  };
  const std::vector<Change> changes = {
      {"tiny_qwen2", "\"max_window_layers\": 1", "\"max_window_layers\": 2"},
      {"tiny_qwen2", "\"max_window_layers\": 1", "\"max_window_layers\": 0"},
      {"tiny_qwen2", "\"use_sliding_window\": true", "\"use_sliding_window\": false"},
      {"tiny_qwen3", "\"factor\": 4.0", "\"factor\": 2.0"},
      {"tiny_qwen3", "\"beta_fast\": 4.0", "\"beta_fast\": 0.7"},
      {"tiny_qwen3", "\"beta_slow\": 0.5", "\"beta_slow\": 0.05"},
      {"tiny_gpt2", "\"scale_attn_by_inverse_layer_idx\": true", "\"scale_attn_by_inverse_layer_idx\": false"},
      {"tiny_gpt2", "\"scale_attn_weights\": true", "\"scale_attn_weights\": false"},
      {"tiny_gpt2", "\"layer_norm_epsilon\": 0.001", "\"layer_norm_epsilon\": 0.1"},
      {"tiny_gpt2", "gelu_new", "relu"},
      {"tiny_gemma3", "\"query_pre_attn_scalar\": 20", "\"query_pre_attn_scalar\": 12"},
      {"tiny_gemma3", "\"rope_theta\": 100.0", "\"rope_theta\": 1000.0"},
      {"tiny_gemma3", "\"rope_theta\": 1000.0", "\"rope_theta\": 100.0"},
      {"tiny_gemma3", "\"factor\": 2.0", "\"factor\": 4.0"},
      {"tiny_gemma3", "\"sliding_window\": 4", "\"sliding_window\": 6"},
      {"tiny_gemma3", "gelu_pytorch_tanh", "silu"},
      {"tiny_qwen3_moe", "\"norm_topk_prob\": true", "\"norm_topk_prob\": false"},
      {"tiny_qwen3_moe", "\"sliding_window\": 5", "\"sliding_window\": 6"},
      {"tiny_qwen3_moe_packed", "\"norm_topk_prob\": false", "\"norm_topk_prob\": true"},
      {"tiny_deepseek_v3", "\"topk_group\": 2", "\"topk_group\": 4"},
      {"tiny_deepseek_v3", "\"routed_scaling_factor\": 1.7", "\"routed_scaling_factor\": 1.5"},
      {"tiny_deepseek_v3", "\"mscale\": 0.7", "\"mscale\": 1.3"},
      {"tiny_deepseek_v3", "\"mscale_all_dim\": 1.3", "\"mscale_all_dim\": 0.7"},
      {"tiny_deepseek_v3", "\"rope_interleave\": true", "\"rope_interleave\": false"},
      {"tiny_deepseek_v3_plain", "\"norm_topk_prob\": false", "\"norm_topk_prob\": true"},
      {"tiny_deepseek_v3_plain", "\"attention_bias\": true", "\"attention_bias\": false"},
  };
  for (const Change& change : changes) {
    const Expected expected(change.model);
    const std::string json = read_config_text(model_folder(change.model) + "/config.json");
    ASSERT_NE(json.find(change.from), std::string::npos) << change.model << ": " << change.from;
    const torch::Tensor logits = logits_with(change.model, replaced(json, change.from, change.to), expected);
    EXPECT_GT(largest_difference(logits, expected.logits.narrow(1, 0, logits.size(1))), 100 * logit_tolerance)
        << change.model << ": " << change.to;
  }
}

TEST(HuggingFaceTest, OlderKeysOfTheSameModel) {
  // A text model within a multimodal one, in the words of transformers 4: rope_theta, rope_local_base_freq,
  // rope_scaling.
  const Expected expected("tiny_gemma3");
  const std::string json = R"({"model_type": "gemma3", "tie_word_embeddings": true, "text_config": {
      "model_type": "gemma3_text", "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 12, "vocab_size": 80, "query_pre_attn_scalar": 20,
      "sliding_window": 4, "sliding_window_pattern": 3, "rope_theta": 1000.0, "rope_local_base_freq": 100.0,
      "rope_scaling": {"rope_type": "linear", "factor": 2.0}}})";
  const TemporaryFolder folder;
  const DecoderConfig config = read_model_config(folder.write("config.json", json));
  const auto checkpoint = Checkpoint::open(model_folder("tiny_gemma3"));
  StoredWeights weights(*checkpoint, torch::kFloat32);
  const DecoderModel model(config, read_model_numerics(config), {}, weights);
  const torch::Tensor logits = logits_at_once(model, expected.prompt);
  EXPECT_LT(largest_difference(logits, expected.logits.narrow(1, 0, logits.size(1))), logit_tolerance);
}
