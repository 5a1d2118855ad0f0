#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Llama's layers, of which every fourth has no positions: the same calls.
DecoderDescription describe_smollm3(const DecoderConfig& config) {
  StandardDecoder decoder(config, "SmolLM3");
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.feed_forward.bias = config.truth("mlp_bias", false);
  decoder.mask = masks_by_layer_types(config);
  return decoder.describe();
}

}  // namespace upmem_des
