#include "profiler/decoder/decoder_layer.hpp"

#include "profiler/decoder/expert_mixture.hpp"
#include "profiler/decoder/gated_mlp.hpp"

namespace upmem_des::profiler {

namespace {

std::unique_ptr<FeedForward> feed_forward(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  if (builder.config().model_type == "mixtral")
    return std::make_unique<ExpertMixture>(builder, path + ".block_sparse_moe", layer);
  // Llama's attention has a rotary embedding of its own that is not called any more.
  if (builder.config().model_type == "llama") builder.skip_layer();
  return std::make_unique<GatedMlp>(builder, path + ".mlp");
}

}  // namespace

DecoderLayer::DecoderLayer(ModelBuilder& builder, const std::string& path, std::int64_t layer)
    : self_attn_(builder, path + ".self_attn", layer),
      feed_forward_(feed_forward(builder, path, layer)),
      input_layernorm_(builder, path + ".input_layernorm"),
      post_attention_layernorm_(builder, path + ".post_attention_layernorm") {}

torch::Tensor DecoderLayer::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const torch::Tensor attended = input + self_attn_.forward(input_layernorm_.forward(input), pass);
  return attended + feed_forward_->forward(post_attention_layernorm_.forward(attended), pass);
}

}  // namespace upmem_des::profiler
