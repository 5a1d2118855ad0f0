/// Self-attention of GPT-2: one projection gives queries, keys and values.
#pragma once

#include <string>

#include "profiler/decoder/attention_function.hpp"
#include "profiler/decoder/dropout.hpp"
#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/token_mixer.hpp"

namespace upmem_des::profiler {

class FusedAttention : public TokenMixer {
 public:
  /// c_attn, c_proj and resid_dropout below `path`; scores are divided by `divisor`. `layer` counts decoder layers.
  FusedAttention(ModelBuilder& builder, const std::string& path, std::int64_t layer, double divisor);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const override;
  CacheRow cache_row() const override { return {heads_, head_dim_, head_dim_}; }
  std::int64_t window() const override { return 0; }

 private:
  std::int64_t heads_;
  std::int64_t head_dim_;
  std::int64_t layer_;
  AttentionFunction function_;
  Linear c_attn_;
  Linear c_proj_;
  Dropout resid_dropout_;
};

}  // namespace upmem_des::profiler
