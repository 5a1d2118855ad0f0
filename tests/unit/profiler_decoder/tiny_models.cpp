#include "unit/profiler_decoder/tiny_models.hpp"

#include <limits>
#include <map>

namespace upmem_des::test {

std::string model_folder(const std::string& name) {
  return PROJECT_DIR "/tests/data/" + name;
}

std::unique_ptr<DecoderModel> stored_model(const std::string& folder, const DecoderOptions& options,
                                           torch::ScalarType type) {
  const DecoderConfig config = read_model_config(folder + "/config.json");
  const std::unique_ptr<Checkpoint> checkpoint = Checkpoint::open(folder);
  StoredWeights weights(*checkpoint, type, config.num_local_experts);
  return std::make_unique<DecoderModel>(config, read_model_numerics(config), options, weights);
}

std::unique_ptr<DecoderModel> random_model(const std::string& text, const DecoderOptions& options, std::uint64_t seed) {
  const DecoderConfig config = parse_model_config(text, "config.json");
  const DecoderNumerics numerics = parse_model_numerics(text, config);
  RandomWeights weights(seed, numerics.initializer_range, torch::kFloat32);
  return std::make_unique<DecoderModel>(config, numerics, options, weights);
}

std::string small_json(const std::string& model_type, const std::string& more) {
  if (model_type == "gpt2")
    return R"({"model_type": "gpt2", "n_embd": 16, "n_inner": 24, "n_layer": 2, "n_head": 4, "n_positions": 40,
               "vocab_size": 50, "initializer_range": 0.3)" +
           (more.empty() ? "" : ", " + more) + "}";
  static const std::map<std::string, std::string> own_keys = {
      {"mixtral", R"("num_local_experts": 4)"},
      {"qwen3", R"("head_dim": 6)"},
      {"gemma3_text", R"("head_dim": 6, "query_pre_attn_scalar": 9, "sliding_window": 3, "sliding_window_pattern": 2)"},
      {"qwen3_moe",
       R"("num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 12, "mlp_only_layers": [0])"},
      {"deepseek_v3",
       R"("n_routed_experts": 8, "num_experts_per_tok": 3, "moe_intermediate_size": 12, "n_shared_experts": 2,
          "n_group": 4, "topk_group": 2, "q_lora_rank": 10, "kv_lora_rank": 7, "qk_nope_head_dim": 5,
          "qk_rope_head_dim": 4, "v_head_dim": 6, "first_k_dense_replace": 1)"}};
  const auto own = own_keys.find(model_type);
  return "{\"model_type\": \"" + model_type +
         "\", \"hidden_size\": 16, \"intermediate_size\": 24, \"num_hidden_layers\": 2, \"num_attention_heads\": 4, "
         "\"vocab_size\": 50, \"initializer_range\": 0.3" +
         (more.find("num_key_value_heads") == std::string::npos ? ", \"num_key_value_heads\": 2" : "") +
         (own == own_keys.end() ? "" : ", " + own->second) + (more.empty() ? "" : ", " + more) + "}";
}

torch::Tensor ids(const std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<torch::Tensor> made;
  for (const std::vector<std::int64_t>& row : rows) made.push_back(torch::tensor(row, torch::kInt64));
  return torch::stack(made);
}

torch::Tensor logits_with_cache(const DecoderModel& model, const torch::Tensor& prompt, const torch::Tensor& then) {
  const torch::NoGradGuard no_gradients;
  KvCache cache = model.cache(prompt.size(0), prompt.size(1) + then.size(1));
  std::vector<torch::Tensor> logits{model.forward(prompt, cache)};
  for (std::int64_t step = 0; step < then.size(1); ++step)
    logits.push_back(model.forward(then.narrow(1, step, 1), cache));
  return torch::cat(logits, 1).to(torch::kFloat32);
}

torch::Tensor logits_at_once(const DecoderModel& model, const torch::Tensor& all) {
  return logits_with_cache(model, all, all.narrow(1, 0, 0));
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (!torch::isfinite(a).all().item<bool>() || !torch::isfinite(b).all().item<bool>())
    return std::numeric_limits<double>::infinity();
  return (a - b).abs().max().item<double>();
}

}  // namespace upmem_des::test
