/// Multi-head latent attention (DeepSeek-V2, V3): the cache has one row a token, which all heads share.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "profiler/decoder/attention_function.hpp"
#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/norm.hpp"
#include "profiler/decoder/token_mixer.hpp"

namespace upmem_des::profiler {

/// Sizes as the configuration calls them.
struct LatentSizes {
  std::int64_t heads = 0;
  std::int64_t plain = 0;   ///< qk_nope_head_dim
  std::int64_t rotary = 0;  ///< qk_rope_head_dim
  std::int64_t value = 0;   ///< v_head_dim
  std::int64_t rank = 0;    ///< kv_lora_rank
};

/// q_proj, or q_a_proj, q_a_layernorm and q_b_proj; kv_a_proj_with_mqa, kv_a_layernorm, kv_b_proj, o_proj.
struct LatentAttentionParts {
  std::int64_t layer = 0;  ///< counts decoder layers
  LatentSizes sizes;
  bool interleaved = true;  ///< pairs (2i, 2i + 1) turn, not (i, i + d/2)
  std::unique_ptr<Linear> query_down;
  std::unique_ptr<Norm> query_norm;
  std::unique_ptr<Linear> query;  ///< of the hidden state, or of query_norm's result
  std::unique_ptr<Linear> latent;
  std::unique_ptr<Norm> latent_norm;
  std::unique_ptr<Linear> expand;
  std::unique_ptr<Linear> output;
};

/// A first pass expands the latent rows to keys and values of all heads and attends to these. A later one multiplies
/// its queries and its result by kv_b_proj's weights instead and attends to the latent rows themselves: of kv_b_proj's
/// work, the queries' share is recorded as its call, the result's within attention.
class LatentAttention : public TokenMixer {
 public:
  /// Scores are divided by `divisor`.
  LatentAttention(LatentAttentionParts parts, Attention kind, double divisor);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const override;
  CacheRow cache_row() const override { return {1, parts_.sizes.rank + parts_.sizes.rotary, 0}; }
  std::int64_t window() const override { return 0; }
  std::int64_t expanded_elements() const override;

 private:
  torch::Tensor queries(const torch::Tensor& input) const;
  torch::Tensor rotated(const torch::Tensor& heads, const ForwardPass& pass) const;
  torch::Tensor expanded(const torch::Tensor& plain, const torch::Tensor& turned, const torch::Tensor& latent,
                         const torch::Tensor& keys, const ForwardPass& pass) const;
  torch::Tensor absorbed(const torch::Tensor& plain, const torch::Tensor& turned, const torch::Tensor& latent,
                         const torch::Tensor& keys, const ForwardPass& pass) const;

  LatentAttentionParts parts_;
  AttentionFunction function_;
};

}  // namespace upmem_des::profiler
