/// One decoder layer: attention and a feed-forward half, each with a norm before and a residual around it.
#pragma once

#include <memory>
#include <string>

#include "profiler/decoder/decoder_attention.hpp"
#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

class DecoderLayer {
 public:
  /// self_attn, mlp or block_sparse_moe, input_layernorm and post_attention_layernorm below `path`; `layer` counts
  /// decoder layers.
  DecoderLayer(ModelBuilder& builder, const std::string& path, std::int64_t layer);

  /// [B, T, hidden_size] → the same shape.
  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const;

 private:
  // In the order of construction, which ids count.
  DecoderAttention self_attn_;
  std::unique_ptr<FeedForward> feed_forward_;
  RmsNorm input_layernorm_;
  RmsNorm post_attention_layernorm_;
};

}  // namespace upmem_des::profiler
