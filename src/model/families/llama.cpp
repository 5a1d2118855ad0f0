#include "model/families/dense.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// LlamaForCausalLM: rotary embedding modules, gated MLP.
DecoderDescription describe_llama(const DecoderConfig& config) {
  return describe_dense_decoder(config, Rotary::Modules);
}

}  // namespace upmem_des
