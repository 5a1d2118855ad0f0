/// What the names of a trace mean. The only place that reads meaning from names.
#pragma once

#include <string>
#include <vector>

#include "operation/operation.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

/// What an event computes: as its source says, and else by its type and, where the type leaves it open, its name:
/// products and softmax named attn_weights and attn_output are eager attention's, linear layers q_proj, k_proj and
/// v_proj give heads, one named lm_head gives logits. Types of families of their own are known by what they end in
/// ("RMSNorm", "LayerNorm", "RotaryEmbedding", "Embedding", "Linear", …); all other types are Opaque.
const Operation& operation_of(const LayerEvent& event);

/// Which part of attention an event is, or nullptr.
inline const operation::Attention* attention_of(const LayerEvent& event) {
  return as<operation::Attention>(operation_of(event));
}

/// Is an event's input ids, not numbers?
inline bool takes_ids(const LayerEvent& event) {
  const auto* gather = as<operation::Gather>(operation_of(event));
  return gather != nullptr && gather->kind == operation::Gather::Kind::Layer;
}

inline OperatorClass operator_class(const LayerEvent& event) {
  return operator_class(operation_of(event));
}

/// All types that are known by their whole name, sorted.
std::vector<std::string> recognised_types();

}  // namespace upmem_des
