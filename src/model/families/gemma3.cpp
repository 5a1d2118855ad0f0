#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Norms before and after both parts and over each head of query and key; five layers with a window, then one without.
DecoderDescription describe_gemma3(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  StandardDecoder decoder(config, "Gemma3");
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.around.table_type = "Gemma3TextScaledWordEmbedding";
  decoder.around.rotary_calls = 2;
  decoder.norms = StandardDecoder::Norms::Both;
  decoder.attention.qk_norm = QueryKeyNorm::PerHead;
  decoder.attention.norms_after_values = true;
  const std::int64_t window = config.sliding_window.value_or(4096);
  const std::int64_t pattern = config.count("sliding_window_pattern", 6);
  decoder.mask = config.layer_types.empty() ? [window, pattern](std::int64_t layer) {
    return (layer + 1) % pattern != 0 ? LayerMask{Mask::Window, window} : LayerMask{Mask::Full, 0};
  } : masks_by_layer_types(config);
  return decoder.describe();
}

}  // namespace upmem_des
