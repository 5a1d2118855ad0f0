#include <cmath>
#include <utility>

#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/fused_attention.hpp"
#include "profiler/decoder/layer_norm.hpp"
#include "profiler/decoder/plain_mlp.hpp"

namespace upmem_des::profiler {

namespace {

/// What scores are divided by.
double divisor(const DecoderConfig& config, std::int64_t layer) {
  const double root = config.truth("scale_attn_weights", true) ? std::sqrt(static_cast<double>(config.head_dim)) : 1;
  return config.truth("scale_attn_by_inverse_layer_idx", false) ? root * static_cast<double>(layer + 1) : root;
}

DecoderLayer layer_of(ModelBuilder& builder, std::int64_t number, double epsilon) {
  const DecoderConfig& config = builder.config();
  const std::string path = "transformer.h." + std::to_string(number);
  const auto norm = [&](const char* name) {
    return std::make_unique<LayerNorm>(builder, path + name, config.hidden_size, epsilon);
  };
  DecoderLayerParts parts;
  parts.mixer = std::make_unique<FusedAttention>(builder, path + ".attn", number, divisor(config, number));
  parts.feed_forward = std::make_unique<PlainMlp>(builder, path + ".mlp");
  parts.before_mixer = norm(".ln_1");
  parts.before_feed_forward = norm(".ln_2");
  return DecoderLayer(std::move(parts));
}

}  // namespace

/// Learned positions, LayerNorms, one projection for query, key and value, an MLP without a gate.
DecoderParts build_gpt2(ModelBuilder& builder) {
  const DecoderConfig& config = builder.config();
  const double epsilon = config.number("layer_norm_epsilon", 1e-5);
  DecoderParts parts;
  parts.tables = std::make_unique<WordAndPositionTables>(builder, "transformer", config.count("n_positions", 1024));
  for (std::int64_t number = 0; number < config.num_hidden_layers; ++number)
    parts.layers.push_back(layer_of(builder, number, epsilon));
  parts.norm = std::make_unique<LayerNorm>(builder, "transformer.ln_f", config.hidden_size, epsilon);
  parts.head = language_model_head(builder, "lm_head", *parts.tables);
  return parts;
}

}  // namespace upmem_des::profiler
