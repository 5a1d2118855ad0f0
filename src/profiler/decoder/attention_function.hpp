/// softmax(q·kᵀ/c + mask)·v, as one function or as three.
#pragma once

#include <torch/torch.h>

#include "profiler/decoder/forward_pass.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des::profiler {

/// Keys and values have as many heads as queries, or fewer: each is shared by heads / KV heads query heads that follow
/// each other. eager: the softmax is computed in float32, as Hugging Face does.
class AttentionFunction {
 public:
  /// `divisor`: c, above 0.
  AttentionFunction(Attention kind, double divisor) : kind_(kind), divisor_(divisor) {}

  /// Queries [B, heads, T, d], keys [B, KV heads, L, d], values [B, KV heads, L, e] → [B, heads, T, e]. Recorded as the
  /// function events of its kind; repeating heads counts to the function that needs it.
  torch::Tensor forward(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values,
                        const AttentionView& view) const;

  /// The same without events; as many heads of keys and values as of queries.
  torch::Tensor compute(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values,
                        const AttentionView& view) const;

 private:
  torch::Tensor fused(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values,
                      const AttentionView& view) const;
  torch::Tensor eager(const torch::Tensor& query, const torch::Tensor& keys, const torch::Tensor& values,
                      const AttentionView& view) const;

  Attention kind_;
  double divisor_;
};

}  // namespace upmem_des::profiler
