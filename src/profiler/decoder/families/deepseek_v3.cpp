#include <cmath>
#include <utility>

#include "profiler/decoder/expert_mixture.hpp"
#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/families/standard_parts.hpp"
#include "profiler/decoder/group_router.hpp"
#include "profiler/decoder/latent_attention.hpp"
#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

namespace {

/// Of the norms within attention, whatever rms_norm_eps is.
constexpr double latent_epsilon = 1e-6;

LatentSizes sizes_of(const DecoderConfig& config) {
  LatentSizes sizes;
  sizes.heads = config.num_attention_heads;
  sizes.plain = config.count("qk_nope_head_dim", 128);
  sizes.rotary = config.count("qk_rope_head_dim", 64);
  sizes.value = config.count("v_head_dim", 128);
  sizes.rank = config.count("kv_lora_rank", 512);
  if (sizes.rotary % 2 != 0)
    config.fail("qk_rope_head_dim", std::to_string(sizes.rotary) + "; expected an even number, for rotary embeddings");
  return sizes;
}

/// √width, but for models whose positions were stretched.
double divisor(const LatentSizes& sizes, const RopeScaling& scaling) {
  const double root = std::sqrt(static_cast<double>(sizes.plain + sizes.rotary));
  if (scaling.mscale_all_dim == 0) return root;
  const double mscale = yarn_mscale(scaling.factor, scaling.mscale_all_dim);
  return root / (mscale * mscale);
}

std::unique_ptr<TokenMixer> attention(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  const std::string block = path + ".self_attn.";
  const auto linear = [&](const char* name) { return std::make_unique<Linear>(builder, block + name); };
  const auto norm = [&](const char* name) { return std::make_unique<RmsNorm>(builder, block + name, latent_epsilon); };
  LatentAttentionParts parts;
  parts.layer = layer;
  parts.sizes = sizes_of(builder.config());
  parts.interleaved = builder.config().truth("rope_interleave", true);
  if (builder.config().is_null("q_lora_rank")) {
    parts.query = linear("q_proj");
  } else {
    parts.query_down = linear("q_a_proj");
    parts.query_norm = norm("q_a_layernorm");
    parts.query = linear("q_b_proj");
  }
  parts.latent = linear("kv_a_proj_with_mqa");
  parts.latent_norm = norm("kv_a_layernorm");
  parts.expand = linear("kv_b_proj");
  parts.output = linear("o_proj");
  const double by = divisor(parts.sizes, builder.numerics().rope_scaling);
  return std::make_unique<LatentAttention>(std::move(parts), builder.options().attention, by);
}

std::unique_ptr<FeedForward> feed_forward(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  if (!builder.has_experts(layer)) return described_mlp(builder, path, layer);
  const DecoderConfig& config = builder.config();
  ExpertMixtureParts parts;
  parts.router = std::make_unique<GroupRouter>(builder, path + ".mlp.gate", builder.experts(layer));
  parts.experts = described_experts(builder, path + ".mlp.experts", layer);
  parts.shared = std::make_unique<GatedMlp>(gated_mlp_parts(builder, path + ".mlp.shared_experts"));
  parts.weighing.sums_to_one = config.truth("norm_topk_prob", true);
  parts.weighing.scale = config.number("routed_scaling_factor", 2.5);
  return std::make_unique<ExpertMixture>(builder, layer, std::move(parts));
}

}  // namespace

/// Latent attention; dense layers first, then experts of which groups are chosen first, with shared ones beside them.
DecoderParts build_deepseek_v3(ModelBuilder& builder) {
  const std::int64_t width = sizes_of(builder.config()).rotary;
  std::vector<RotaryTables> tables;
  tables.emplace_back(builder, "model.rotary_emb", width, RotaryEmbedding(builder.numerics(), width));
  return standard_parts(builder, std::move(tables), {attention, feed_forward});
}

}  // namespace upmem_des::profiler
