#include "model/families/dense.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

// The published tool replaces Llama's rotary embedding by a layer that it can see, not Mistral's own class.
DecoderDescription describe_mistral(const DecoderConfig& config) {
  return describe_dense_decoder(config, Rotary::Hidden);
}

}  // namespace upmem_des
