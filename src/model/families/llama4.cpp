#include <algorithm>

#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Chunks in three of four layers, whose queries and keys are rotated and normed; experts with a shared one, in every
/// layer or every other.
DecoderDescription describe_llama4(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  StandardDecoder decoder(config, "Llama4Text");
  const std::int64_t chunk = config.count("attention_chunk_size", 8192);
  const std::vector<std::int64_t> rotated = config.counts("no_rope_layers");
  const std::int64_t interval = config.count("no_rope_layer_interval", 4);
  // A layer without positions sees all rows. no_rope_layers says 1 of a layer with them.
  const auto has_positions = [=](std::int64_t layer) {
    if (!rotated.empty()) return rotated[static_cast<std::size_t>(layer) % rotated.size()] != 0;
    return (layer + 1) % interval != 0;
  };
  const std::function<LayerMask(std::int64_t)> by_types = masks_by_layer_types(config);
  const bool has_types = !config.layer_types.empty();
  decoder.mask = [=](std::int64_t layer) {
    if (has_types) return by_types(layer);
    return has_positions(layer) ? LayerMask{Mask::Chunk, chunk} : LayerMask{Mask::Full, 0};
  };
  const bool norms = config.truth("use_qk_norm", true);
  decoder.attention.norm_type = "Llama4TextL2Norm";
  decoder.attention.query_norm = decoder.attention.key_norm = "qk_norm";
  decoder.attention.norms_after_values = true;
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.vary = [=](std::int64_t layer, AttentionBlock& block) {
    if (!has_positions(layer)) block.rotary_width = 0;
    block.qk_norm = norms && has_positions(layer) ? QueryKeyNorm::L2 : QueryKeyNorm::None;
  };
  decoder.variant = [=](std::int64_t layer) { return has_positions(layer) ? 1 : 0; };

  decoder.feed_forward.path = "feed_forward";
  decoder.feed_forward.inner_size = config.count("intermediate_size_mlp", 16384);
  ExpertsBlock& experts = decoder.experts;
  experts.router = "feed_forward.router";
  experts.router_type = "Llama4Router";
  experts.experts = "feed_forward.experts";
  experts.shared = "feed_forward.shared_expert";
  experts.shared_inner = config.intermediate_size;
  experts.shared_activation = "activation_fn";
  const std::int64_t step = config.count("interleave_moe_layer_step", 1);
  const std::vector<std::int64_t> sparse = config.counts("moe_layers");
  decoder.has_experts = [=](std::int64_t layer) {
    if (!sparse.empty()) return std::find(sparse.begin(), sparse.end(), layer) != sparse.end();
    return (layer + 1) % step == 0;
  };
  return decoder.describe();
}

}  // namespace upmem_des
