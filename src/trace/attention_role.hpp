/// Which part of attention an event is.
#pragma once

#include "trace/layer_event.hpp"

namespace upmem_des {

/// Attention is one fused function, or a product that gives scores, a softmax over them, and a product with the values.
enum class AttentionRole { None, Fused, Scores, Softmax, Output };

/// By type and, for the functions of eager attention, by the names that decoders give their results: attn_weights for
/// scores and softmax, attn_output for the product with the values.
AttentionRole attention_role(const LayerEvent& event);

}  // namespace upmem_des
