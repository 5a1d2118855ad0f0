/// Self-attention with fewer key and value heads than query heads.
#pragma once

#include <string>

#include "profiler/decoder/forward_pass.hpp"
#include "profiler/decoder/linear.hpp"

namespace upmem_des::profiler {

/// softmax(q·kᵀ/√d + mask)·v of each query head; KV heads are shared by heads / KV heads query heads that follow each
/// other. eager: the softmax is computed in float32, as Hugging Face does.
class DecoderAttention {
 public:
  /// q_proj, k_proj, v_proj, o_proj below `path`; `layer` counts decoder layers.
  DecoderAttention(ModelBuilder& builder, const std::string& path, std::int64_t layer);

  /// [B, T, hidden_size] → the same shape; appends to pass.cache.
  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const;

 private:
  torch::Tensor attend(const torch::Tensor& query, const KvCache::Entry& all, const ForwardPass& pass) const;
  torch::Tensor attend_eagerly(const torch::Tensor& query, const KvCache::Entry& all, const ForwardPass& pass) const;
  torch::Tensor heads_of(const torch::Tensor& projected, std::int64_t heads) const;
  torch::Tensor repeated(const torch::Tensor& kv_heads) const;

  std::int64_t heads_;
  std::int64_t kv_heads_;
  std::int64_t head_dim_;
  std::int64_t layer_;
  Attention attention_;
  Linear q_proj_;
  Linear k_proj_;
  Linear v_proj_;
  Linear o_proj_;
};

}  // namespace upmem_des::profiler
