#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// As Llama, with biases of query, key and value.
DecoderDescription describe_qwen2(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Qwen2");
  decoder.attention.query_bias = decoder.attention.key_bias = decoder.attention.value_bias = true;
  decoder.mask = masks_by_max_window_layers(config);
  return decoder.describe();
}

}  // namespace upmem_des
