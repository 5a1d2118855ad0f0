/// The families of this project; what each is made of stands in its source.
#pragma once

#include "model/decoder_config.hpp"
#include "model/decoder_description.hpp"

namespace upmem_des {

/// LlamaForCausalLM: rotary embedding modules, gated MLP.
DecoderDescription describe_llama(const DecoderConfig& config);
/// MistralForCausalLM: as Llama, but its rotary embedding is no layer of the stream.
DecoderDescription describe_mistral(const DecoderConfig& config);
/// MixtralForCausalLM: as Mistral, with a router and experts in place of the MLP.
DecoderDescription describe_mixtral(const DecoderConfig& config);

}  // namespace upmem_des
