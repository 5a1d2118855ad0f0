#include "unit/profiler_decoder/tiny_models.hpp"

#include <limits>

namespace upmem_des::test {

std::string model_folder(const std::string& name) {
  return PROJECT_DIR "/tests/data/" + name;
}

std::unique_ptr<DecoderModel> stored_model(const std::string& folder, const DecoderOptions& options,
                                           torch::ScalarType type) {
  const DecoderConfig config = read_model_config(folder + "/config.json");
  const std::unique_ptr<Checkpoint> checkpoint = Checkpoint::open(folder);
  StoredWeights weights(*checkpoint, type);
  return std::make_unique<DecoderModel>(config, read_model_numerics(config), options, weights);
}

std::unique_ptr<DecoderModel> random_model(const std::string& text, const DecoderOptions& options, std::uint64_t seed) {
  const DecoderConfig config = parse_model_config(text, "config.json");
  const DecoderNumerics numerics = parse_model_numerics(text, config);
  RandomWeights weights(seed, numerics.initializer_range, torch::kFloat32);
  return std::make_unique<DecoderModel>(config, numerics, options, weights);
}

std::string small_json(const std::string& model_type, const std::string& more) {
  return "{\"model_type\": \"" + model_type +
         "\", \"hidden_size\": 16, \"intermediate_size\": 24, \"num_hidden_layers\": 2, \"num_attention_heads\": 4, "
         "\"vocab_size\": 50, \"initializer_range\": 0.3" +
         (more.find("num_key_value_heads") == std::string::npos ? ", \"num_key_value_heads\": 2" : "") +
         (model_type == "mixtral" ? ", \"num_local_experts\": 4" : "") + (more.empty() ? "" : ", " + more) + "}";
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
