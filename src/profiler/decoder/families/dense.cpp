#include "profiler/decoder/families/dense.hpp"

#include <utility>

#include "profiler/decoder/gated_mlp.hpp"

namespace upmem_des::profiler {

namespace {

std::unique_ptr<TokenMixer> attention(ModelBuilder& builder, const std::string& path, std::int64_t layer,
                                      std::int64_t window) {
  GroupedAttentionParts parts =
      grouped_attention_parts(builder, path + ".self_attn", layer, builder.numerics().attention_bias);
  parts.window = window;
  return std::make_unique<GroupedAttention>(std::move(parts), builder.options().attention);
}

}  // namespace

std::unique_ptr<TokenMixer> full_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  return attention(builder, path, layer, 0);
}

std::unique_ptr<TokenMixer> windowed_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  return attention(builder, path, layer, builder.config().sliding_window.value_or(0));
}

std::unique_ptr<FeedForward> dense_mlp(ModelBuilder& builder, const std::string& path, std::int64_t /*layer*/) {
  return std::make_unique<GatedMlp>(gated_mlp_with(builder, path + ".mlp", builder.numerics().mlp_bias));
}

RotaryEmbedding dense_rotary(const ModelBuilder& builder) {
  check_even_heads(builder.config());
  return RotaryEmbedding(builder.numerics(), builder.config().head_dim);
}

std::vector<RotaryTables> hidden_rotary(const ModelBuilder& builder) {
  std::vector<RotaryTables> tables;
  tables.emplace_back(dense_rotary(builder));
  return tables;
}

}  // namespace upmem_des::profiler
