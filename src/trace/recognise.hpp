/// What the names of a trace mean. The only place that reads meaning from names.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "operation/operation.hpp"
#include "trace/event_source.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

/// What an event computes: as its source says, and else by its type and, where the type leaves it open, its name:
/// products and softmax named attn_weights and attn_output are eager attention's, linear layers q_proj, k_proj and
/// v_proj give heads, one named lm_head gives logits. Types of families of their own are known by what they end in
/// ("RMSNorm", "LayerNorm", "RotaryEmbedding", "Embedding", "Linear", …); all other types are Opaque.
const Operation& operation_of(const LayerEvent& event);

/// The same by type and name alone, whatever the event's source says.
const Operation& operation_by_names(const LayerEvent& event);

/// An operation that names alone tell, with what a trace's header says of all such: heads of the cache, the window,
/// rows of tables.
Operation completed_by(const TraceHeader& header, Operation operation);

/// Multi-head latent attention as older traces have it, whose shapes do not tell its cache: keys of 192 numbers and
/// values of 128 are those of DeepSeek-V2 and all that was made after it, with 512 + 64 numbers a row in the cache.
struct LatentWidths {
  static constexpr std::int64_t key = 192, value = 128, cached = 576;
};

/// What an event's type and name leave open, and its shapes or the events before it tell.
class EventContext {
 public:
  explicit EventContext(const TraceHeader& header = {}) : header_(header) {}

  /// Gives an event without an operation one where the header completes what its names tell, and for functions over
  /// packed experts (grouped_mm), which have as many matrices as the last router before them has outputs, and attention
  /// of LatentWidths. To be called for the events of a stream in their order.
  void complete(LayerEvent& event);

  /// Is what an event computes found by more than its names and the header, where it does not say?
  static bool leaves_open(const LayerEvent& event);

 private:
  const Operation* found_for(const LayerEvent& event);
  const Operation* opened(const LayerEvent& event) const;

  TraceHeader header_;
  std::unordered_map<const Operation*, const Operation*> completed_;  ///< by what names tell
  std::int64_t experts_ = 0;                                          ///< of the last router
};

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
