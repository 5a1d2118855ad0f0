#include "profiler/decoder/attention_function.hpp"

#include <cmath>

#include "profiler/libtorch_compat.hpp"
#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

namespace {

struct AttentionNames {
  Name sdpa{"scaled_dot_product_attention"};
  Name matmul{"matmul"};
  Name softmax{"softmax"};
  Name weights{"attn_weights"};
  Name output{"attn_output"};
};

const AttentionNames& names() {
  static const AttentionNames all;
  return all;
}

/// [B, KV heads, L, d] → [B, heads, L, d].
torch::Tensor repeated(const torch::Tensor& kv_heads, std::int64_t heads) {
  const std::int64_t few = kv_heads.size(1);
  if (heads == few) return kv_heads;
  const std::int64_t batch = kv_heads.size(0);
  const std::int64_t length = kv_heads.size(2);
  const std::int64_t width = kv_heads.size(3);
  return kv_heads.unsqueeze(2).expand({batch, few, heads / few, length, width}).reshape({batch, heads, length, width});
}

torch::Tensor softmax_of(torch::Tensor scores, const AttentionView& view) {
  const torch::ScalarType type = scores.scalar_type();
  if (view.mask.defined()) scores = scores + view.mask;
  return torch::softmax(scores, -1, torch::kFloat32).to(type);
}

}  // namespace

torch::Tensor AttentionFunction::forward(const torch::Tensor& query, const torch::Tensor& keys,
                                         const torch::Tensor& values, const AttentionView& view) const {
  return kind_ == Attention::sdpa ? fused(query, keys, values, view) : eager(query, keys, values, view);
}

torch::Tensor AttentionFunction::compute(const torch::Tensor& query, const torch::Tensor& keys,
                                         const torch::Tensor& values, const AttentionView& view) const {
  if (kind_ == Attention::eager)
    return torch::matmul(softmax_of(torch::matmul(query, keys.transpose(2, 3)) / divisor_, view), values);
  // libtorch divides by the root of the heads' width.
  const double root = std::sqrt(static_cast<double>(query.size(3)));
  return libtorch::attention(root == divisor_ ? query : query * (root / divisor_), keys, values, view.mask,
                             view.causal);
}

torch::Tensor AttentionFunction::fused(const torch::Tensor& query, const torch::Tensor& keys,
                                       const torch::Tensor& values, const AttentionView& view) const {
  const std::int64_t heads = query.size(1);
  FunctionCall call(names().sdpa, names().output, {query.size(0), heads, keys.size(2), keys.size(3)});
  torch::Tensor output = compute(query, repeated(keys, heads), repeated(values, heads), view);
  call.done(output.sizes());
  return output;
}

torch::Tensor AttentionFunction::eager(const torch::Tensor& query, const torch::Tensor& keys,
                                       const torch::Tensor& values, const AttentionView& view) const {
  const std::int64_t heads = query.size(1);
  FunctionCall scoring(names().matmul, names().weights, query.sizes());
  torch::Tensor scores = torch::matmul(query, repeated(keys, heads).transpose(2, 3));
  scores = scores / divisor_;
  scoring.done(scores.sizes());

  FunctionCall weighing(names().softmax, names().weights, scores.sizes());
  scores = softmax_of(scores, view);
  weighing.done(scores.sizes());

  FunctionCall adding(names().matmul, names().output, scores.sizes());
  torch::Tensor output = torch::matmul(scores, repeated(values, heads));
  adding.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
