#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Norms after both parts only, and over all heads of query and of key.
DecoderDescription describe_olmo2(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Olmo2");
  decoder.norms = StandardDecoder::Norms::After;
  decoder.attention.qk_norm = QueryKeyNorm::AllHeads;
  set_biases(decoder.attention, config.truth("attention_bias", false));
  return decoder.describe();
}

}  // namespace upmem_des
