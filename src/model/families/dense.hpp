/// Decoders of attention and a gated MLP: Llama and its like.
#pragma once

#include "model/decoder_config.hpp"
#include "model/decoder_description.hpp"
#include "model/families/parts.hpp"

namespace upmem_des {

/// Per layer: input_layernorm, attention, post_attention_layernorm, gate_proj, SiLU, up_proj, down_proj.
DecoderDescription describe_dense_decoder(const DecoderConfig& config, Rotary rotary);

}  // namespace upmem_des
