#include "profiler/decoder/decoder_attention.hpp"

#include <cmath>

#include "profiler/libtorch_compat.hpp"

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

}  // namespace

DecoderAttention::DecoderAttention(ModelBuilder& builder, const std::string& path, std::int64_t layer)
    : heads_(builder.config().num_attention_heads),
      kv_heads_(builder.config().num_key_value_heads),
      head_dim_(builder.config().head_dim),
      layer_(layer),
      attention_(builder.options().attention),
      q_proj_(builder, path + ".q_proj", builder.config().hidden_size, heads_ * head_dim_,
              builder.numerics().attention_bias),
      k_proj_(builder, path + ".k_proj", builder.config().hidden_size, kv_heads_ * head_dim_,
              builder.numerics().attention_bias),
      v_proj_(builder, path + ".v_proj", builder.config().hidden_size, kv_heads_ * head_dim_,
              builder.numerics().attention_bias),
      o_proj_(builder, path + ".o_proj", heads_ * head_dim_, builder.config().hidden_size,
              builder.numerics().attention_bias) {}

torch::Tensor DecoderAttention::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const torch::Tensor query = heads_of(q_proj_.forward(input), heads_);
  const torch::Tensor keys = heads_of(k_proj_.forward(input), kv_heads_);
  const torch::Tensor values = heads_of(v_proj_.forward(input), kv_heads_);
  const torch::Tensor rotated = RotaryEmbedding::rotated(query, pass.angles);
  const KvCache::Entry all = pass.cache->append(layer_, RotaryEmbedding::rotated(keys, pass.angles), values);
  const torch::Tensor output =
      attention_ == Attention::sdpa ? attend(rotated, all, pass) : attend_eagerly(rotated, all, pass);
  return o_proj_.forward(output.transpose(1, 2).reshape({pass.batch, pass.tokens, heads_ * head_dim_}));
}

torch::Tensor DecoderAttention::attend(const torch::Tensor& query, const KvCache::Entry& all,
                                       const ForwardPass& pass) const {
  // Repeating the heads counts to the function that needs it.
  FunctionCall call(names().sdpa, names().output, {pass.batch, heads_, all.keys.size(2), head_dim_});
  torch::Tensor output =
      libtorch::attention(query, repeated(all.keys), repeated(all.values), pass.mask, pass.causal);
  call.done(output.sizes());
  return output;
}

torch::Tensor DecoderAttention::attend_eagerly(const torch::Tensor& query, const KvCache::Entry& all,
                                               const ForwardPass& pass) const {
  FunctionCall scoring(names().matmul, names().weights, query.sizes());
  torch::Tensor scores = torch::matmul(query, repeated(all.keys).transpose(2, 3));
  scores = scores / std::sqrt(static_cast<double>(head_dim_));
  scoring.done(scores.sizes());

  FunctionCall weighing(names().softmax, names().weights, scores.sizes());
  if (pass.mask.defined()) scores = scores + pass.mask;
  scores = torch::softmax(scores, -1, torch::kFloat32).to(query.scalar_type());
  weighing.done(scores.sizes());

  FunctionCall adding(names().matmul, names().output, scores.sizes());
  torch::Tensor output = torch::matmul(scores, repeated(all.values));
  adding.done(output.sizes());
  return output;
}

/// [B, T, heads · d] → [B, heads, T, d].
torch::Tensor DecoderAttention::heads_of(const torch::Tensor& projected, std::int64_t heads) const {
  return projected.view({projected.size(0), projected.size(1), heads, head_dim_}).transpose(1, 2);
}

/// [B, KV heads, L, d] → [B, heads, L, d].
torch::Tensor DecoderAttention::repeated(const torch::Tensor& kv_heads) const {
  if (heads_ == kv_heads_) return kv_heads;
  const std::int64_t batch = kv_heads.size(0);
  const std::int64_t length = kv_heads.size(2);
  return kv_heads.unsqueeze(2)
      .expand({batch, kv_heads_, heads_ / kv_heads_, length, head_dim_})
      .reshape({batch, heads_, length, head_dim_});
}

}  // namespace upmem_des::profiler
