#include <cmath>
#include <utility>

#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/families/standard_parts.hpp"
#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

namespace {

/// The model's rotary tables: those of layers that see all rows, and those of layers with a window.
enum Rotation : std::size_t { of_all_rows, of_windows };

std::unique_ptr<Norm> norm(ModelBuilder& builder, const std::string& path) {
  return std::make_unique<RmsNorm>(builder, path, builder.numerics().rms_norm_eps, RmsNorm::Gain::OnePlusWeight);
}

std::unique_ptr<TokenMixer> gemma3_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  GroupedAttentionParts parts = grouped_attention_parts(builder, path, layer);
  parts.window = builder.window(layer);
  parts.rotation = builder.is_windowed(layer) ? of_windows : of_all_rows;
  parts.query_norm = norm(builder, path + ".q_norm");
  parts.key_norm = norm(builder, path + ".k_norm");
  parts.norms_after_values = true;
  return std::make_unique<GroupedAttention>(std::move(parts), builder.options().attention,
                                            std::sqrt(builder.config().number("query_pre_attn_scalar", 256)));
}

std::vector<RotaryTables> rotary(const ModelBuilder& builder) {
  check_even_heads(builder.config());
  const DecoderNumerics& numerics = builder.numerics();
  const std::int64_t width = builder.config().head_dim;
  std::vector<RotaryTables> tables;
  tables.emplace_back(builder, "model.rotary_emb", width, RotaryEmbedding(numerics, width));
  tables.emplace_back(builder, "model.rotary_emb", width,
                      RotaryEmbedding(numerics.local_rope_theta, numerics.local_rope_scaling, width));
  return tables;
}

void check(const DecoderConfig& config) {
  for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping"})
    if (config.number(key, 0) > 0) config.fail(key, "a cap can be simulated, but not run; expected null");
  if (config.truth("use_bidirectional_attention", false))
    config.fail("use_bidirectional_attention", "true, which can be simulated, but not run; expected false");
  if (config.number("query_pre_attn_scalar", 256) <= 0)
    config.fail("query_pre_attn_scalar", "0; expected a number above 0");
}

}  // namespace

/// Norms of 1 + weight before and after both halves and over each head of query and key, scaled embeddings, layers with
/// a window between those without, each with a rotation of its own.
DecoderParts build_gemma3(ModelBuilder& builder) {
  check(builder.config());
  DecoderParts parts;
  parts.tables = std::make_unique<WordTable>(builder, "model.embed_tokens",
                                             std::sqrt(static_cast<double>(builder.config().hidden_size)));
  parts.rotary = rotary(builder);
  for (std::int64_t number = 0; number < builder.config().num_hidden_layers; ++number) {
    const std::string path = "model.layers." + std::to_string(number);
    DecoderLayerParts made;
    made.mixer = gemma3_attention(builder, path + ".self_attn", number);
    made.feed_forward = described_mlp(builder, path, number);
    made.before_mixer = norm(builder, path + ".input_layernorm");
    made.after_mixer = norm(builder, path + ".post_attention_layernorm");
    made.before_feed_forward = norm(builder, path + ".pre_feedforward_layernorm");
    made.after_feed_forward = norm(builder, path + ".post_feedforward_layernorm");
    parts.layers.emplace_back(std::move(made));
  }
  parts.norm = norm(builder, "model.norm");
  parts.head = language_model_head(builder, "lm_head", *parts.tables);
  return parts;
}

}  // namespace upmem_des::profiler
