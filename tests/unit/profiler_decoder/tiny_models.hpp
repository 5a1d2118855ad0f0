/// The models of tests/data, and configurations for tests.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "profiler/decoder/decoder_model.hpp"

namespace upmem_des::test {

using namespace profiler;

/// tests/data/NAME.
std::string model_folder(const std::string& name);

/// The model of a folder with its weights in that number format.
std::unique_ptr<DecoderModel> stored_model(const std::string& folder, const DecoderOptions& options = {},
                                           torch::ScalarType type = torch::kFloat32);

/// A model of random weights; `text` is a config.json.
std::unique_ptr<DecoderModel> random_model(const std::string& text, const DecoderOptions& options = {},
                                           std::uint64_t seed = 1);

/// A config.json: 2 layers of hidden size 16, 4 heads with 2 KV heads, intermediate size 24, vocabulary 50, 4 experts
/// in a mixtral, weights of deviation 0.3; what a family needs beside. In qwen3_moe and deepseek_v3 the first layer is
/// dense; in gemma3_text it has a window of 3. `more` is further keys: "\"sliding_window\": 3".
std::string small_json(const std::string& model_type, const std::string& more = "");

/// Ids [B, T] as a tensor.
torch::Tensor ids(const std::vector<std::vector<std::int64_t>>& rows);

/// Prefill of `prompt` [B, T] and then one pass for each further column of `then` [B, steps]: the logits of all
/// positions, [B, T + steps, vocab], float32.
torch::Tensor logits_with_cache(const DecoderModel& model, const torch::Tensor& prompt, const torch::Tensor& then);

/// The logits of all positions in one pass, [B, T, vocab], float32.
torch::Tensor logits_at_once(const DecoderModel& model, const torch::Tensor& all);

/// The largest difference between two tensors of equal shape; infinite where one is not finite.
double largest_difference(const torch::Tensor& a, const torch::Tensor& b);

}  // namespace upmem_des::test
