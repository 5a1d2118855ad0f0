#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Llama's layers with constant factors, which are no calls.
DecoderDescription describe_granite(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Granite");
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.feed_forward.bias = config.truth("mlp_bias", false);
  return decoder.describe();
}

}  // namespace upmem_des
