#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Llama's layers with constant factors, which are no calls.
DecoderDescription describe_granite(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Granite");
  AttentionBlock& attention = decoder.attention;
  const bool bias = config.truth("attention_bias", false);
  attention.query_bias = attention.key_bias = attention.value_bias = attention.output_bias = bias;
  decoder.feed_forward.bias = config.truth("mlp_bias", false);
  return decoder.describe();
}

}  // namespace upmem_des
