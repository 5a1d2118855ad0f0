/// The families that the published tool knows, in its manner: norms are recorded as LlamaRMSNorm, the class whose work
/// they do, and the activation of the MLP is named after the statement that calls it, "return".
#pragma once

#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des {

/// Are the rotary embeddings layers of the stream? With `Modules` each decoder layer constructs one that is never
/// called, and the model one that is called once a pass.
enum class Rotary { Modules, Hidden };

/// Per layer: input_layernorm, attention, post_attention_layernorm, gate_proj, SiLU, up_proj, down_proj.
DecoderDescription describe_dense_decoder(const DecoderConfig& config, Rotary rotary);

/// Attention with the config's heads and biases.
AttentionBlock published_attention(const DecoderConfig& config);
/// SiLU as those traces name it.
ActivationKind published_activation();
/// The model around its layers.
DecoderDescription published_frame(const DecoderConfig& config, const LayerGroup& layers, Rotary rotary);
/// An RMSNorm on [B, T, H].
Call published_norm(const char* path, const DecoderConfig& config);

}  // namespace upmem_des
