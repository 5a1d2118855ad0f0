#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// As Llama, with RMSNorms over each head of query and key.
DecoderDescription describe_qwen3(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Qwen3");
  decoder.attention.qk_norm = QueryKeyNorm::PerHead;
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.mask = masks_by_max_window_layers(config);
  return decoder.describe();
}

}  // namespace upmem_des
