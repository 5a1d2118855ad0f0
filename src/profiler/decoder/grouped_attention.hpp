/// Self-attention with as many key and value heads as query heads, or fewer.
#pragma once

#include <memory>
#include <string>

#include "profiler/decoder/attention_function.hpp"
#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/norm.hpp"
#include "profiler/decoder/token_mixer.hpp"

namespace upmem_des::profiler {

/// What a family's attention is made of. Projections are called in this order, norms after each or after all three.
struct GroupedAttentionParts {
  std::int64_t layer = 0;  ///< counts decoder layers
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t window = 0;   ///< rows that a token sees; 0: all
  std::size_t rotation = 0;  ///< which of the model's rotary tables turns queries and keys
  std::unique_ptr<Linear> query, key, value, output;
  std::unique_ptr<Norm> query_norm, key_norm;  ///< over each head; null: none
  bool norms_after_values = false;
};

/// q_proj, k_proj, v_proj, o_proj below `path`, and the heads of the configuration.
GroupedAttentionParts grouped_attention_parts(ModelBuilder& builder, const std::string& path, std::int64_t layer);
/// With biases or without, whatever is described.
GroupedAttentionParts grouped_attention_parts(ModelBuilder& builder, const std::string& path, std::int64_t layer,
                                              bool bias);

class GroupedAttention : public TokenMixer {
 public:
  /// Scores are divided by `divisor`.
  GroupedAttention(GroupedAttentionParts parts, Attention kind, double divisor);
  /// Scores are divided by √head_dim.
  GroupedAttention(GroupedAttentionParts parts, Attention kind);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const override;
  CacheRow cache_row() const override { return {parts_.kv_heads, parts_.head_dim, parts_.head_dim}; }
  std::int64_t window() const override { return parts_.window; }

 private:
  GroupedAttentionParts parts_;
  AttentionFunction function_;
};

}  // namespace upmem_des::profiler
