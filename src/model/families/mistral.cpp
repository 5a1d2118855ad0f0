#include "model/families/dense.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// MistralForCausalLM: as Llama, but its rotary embedding is no layer of the stream: the published tool replaces
/// Llama's by a layer that it can see, not Mistral's own class.
DecoderDescription describe_mistral(const DecoderConfig& config) {
  return describe_dense_decoder(config, Rotary::Hidden);
}

}  // namespace upmem_des
