#include "profiler/decoder/grouped_attention.hpp"

#include <cmath>
#include <utility>

namespace upmem_des::profiler {

namespace {

template <typename... Bias>
GroupedAttentionParts parts_with(ModelBuilder& builder, const std::string& path, std::int64_t layer, Bias... bias) {
  GroupedAttentionParts parts;
  parts.layer = layer;
  parts.heads = builder.config().num_attention_heads;
  parts.kv_heads = builder.config().num_key_value_heads;
  parts.head_dim = builder.config().head_dim;
  parts.query = std::make_unique<Linear>(builder, path + ".q_proj", bias...);
  parts.key = std::make_unique<Linear>(builder, path + ".k_proj", bias...);
  parts.value = std::make_unique<Linear>(builder, path + ".v_proj", bias...);
  parts.output = std::make_unique<Linear>(builder, path + ".o_proj", bias...);
  return parts;
}

/// [B, T, heads · d] → [B, T, heads, d], normed.
torch::Tensor heads_of(const torch::Tensor& projected, std::int64_t heads, std::int64_t head_dim, const Norm* norm) {
  const torch::Tensor split = projected.view({projected.size(0), projected.size(1), heads, head_dim});
  return norm == nullptr ? split : norm->forward(split);
}

}  // namespace

GroupedAttentionParts grouped_attention_parts(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  return parts_with(builder, path, layer);
}

GroupedAttentionParts grouped_attention_parts(ModelBuilder& builder, const std::string& path, std::int64_t layer,
                                              bool bias) {
  return parts_with(builder, path, layer, bias);
}

GroupedAttention::GroupedAttention(GroupedAttentionParts parts, Attention kind, double divisor)
    : parts_(std::move(parts)), function_(kind, divisor) {}

GroupedAttention::GroupedAttention(GroupedAttentionParts parts, Attention kind)
    : parts_(std::move(parts)), function_(kind, std::sqrt(static_cast<double>(parts_.head_dim))) {}

torch::Tensor GroupedAttention::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const Norm* query_norm = parts_.query_norm.get();
  const Norm* key_norm = parts_.key_norm.get();
  const bool late = parts_.norms_after_values;
  const std::int64_t width = parts_.head_dim;
  torch::Tensor query = heads_of(parts_.query->forward(input), parts_.heads, width, late ? nullptr : query_norm);
  torch::Tensor keys = heads_of(parts_.key->forward(input), parts_.kv_heads, width, late ? nullptr : key_norm);
  const torch::Tensor values = heads_of(parts_.value->forward(input), parts_.kv_heads, width, nullptr);
  if (late && query_norm != nullptr) query = query_norm->forward(query);
  if (late && key_norm != nullptr) keys = key_norm->forward(keys);

  const RotaryEmbedding::Angles& angles = pass.angles[parts_.rotation];
  const KvCache::Entry all =
      pass.cache->append(parts_.layer, RotaryEmbedding::rotated(keys.transpose(1, 2), angles), values.transpose(1, 2));
  const torch::Tensor output = function_.forward(RotaryEmbedding::rotated(query.transpose(1, 2), angles), all.keys,
                                                 all.values, pass.view(parts_.window));
  return parts_.output->forward(output.transpose(1, 2).reshape({pass.batch, pass.tokens, parts_.heads * width}));
}

}  // namespace upmem_des::profiler
