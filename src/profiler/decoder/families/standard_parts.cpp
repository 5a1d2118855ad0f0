#include "profiler/decoder/families/standard_parts.hpp"

#include <utility>

#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

DecoderParts standard_parts(ModelBuilder& builder, std::vector<RotaryTables> rotary, const StandardLayer& layer) {
  DecoderParts parts;
  parts.tables = std::make_unique<WordTable>(builder, "model.embed_tokens");
  parts.rotary = std::move(rotary);
  for (std::int64_t number = 0; number < builder.config().num_hidden_layers; ++number) {
    const std::string path = "model.layers." + std::to_string(number);
    DecoderLayerParts made;
    made.mixer = layer.mixer(builder, path, number);
    made.feed_forward = layer.feed_forward(builder, path, number);
    made.before_mixer = std::make_unique<RmsNorm>(builder, path + ".input_layernorm");
    made.before_feed_forward = std::make_unique<RmsNorm>(builder, path + ".post_attention_layernorm");
    parts.layers.emplace_back(std::move(made));
  }
  parts.norm = std::make_unique<RmsNorm>(builder, "model.norm");
  parts.head = language_model_head(builder, "lm_head", *parts.tables);
  return parts;
}

std::unique_ptr<TokenMixer> described_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  GroupedAttentionParts parts = grouped_attention_parts(builder, path + ".self_attn", layer);
  parts.window = builder.window(layer);
  return std::make_unique<GroupedAttention>(std::move(parts), builder.options().attention);
}

std::unique_ptr<TokenMixer> normed_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  GroupedAttentionParts parts = grouped_attention_parts(builder, path + ".self_attn", layer);
  parts.window = builder.window(layer);
  parts.query_norm = std::make_unique<RmsNorm>(builder, path + ".self_attn.q_norm");
  parts.key_norm = std::make_unique<RmsNorm>(builder, path + ".self_attn.k_norm");
  return std::make_unique<GroupedAttention>(std::move(parts), builder.options().attention);
}

std::unique_ptr<FeedForward> described_mlp(ModelBuilder& builder, const std::string& path, std::int64_t /*layer*/) {
  return std::make_unique<GatedMlp>(gated_mlp_parts(builder, path + ".mlp"));
}

std::vector<std::unique_ptr<GatedMlp>> described_experts(ModelBuilder& builder, const std::string& path,
                                                         std::int64_t layer) {
  std::vector<std::unique_ptr<GatedMlp>> experts;
  for (std::int64_t expert = 0; expert < builder.experts(layer).experts; ++expert)
    experts.push_back(
        std::make_unique<GatedMlp>(gated_mlp_parts(builder, path + "." + std::to_string(expert), expert)));
  return experts;
}

std::vector<RotaryTables> described_rotary(const ModelBuilder& builder) {
  check_even_heads(builder.config());
  const std::int64_t width = builder.config().head_dim;
  std::vector<RotaryTables> tables;
  tables.emplace_back(builder, "model.rotary_emb", width, RotaryEmbedding(builder.numerics(), width));
  return tables;
}

}  // namespace upmem_des::profiler
