/// What the names of a trace mean. The only place that reads meaning from names.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/operation/operation.hpp"
#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// What an event computes: as its source says, and else by its type and, where the type leaves it open, its name:
/// products and softmax named attn_weights and attn_output are eager attention's, linear layers q_proj, k_proj and
/// v_proj give heads, one named lm_head gives logits. Types of families of their own are known by what they end in
/// ("RMSNorm", "LayerNorm", "RotaryEmbedding", "Embedding", "Linear", …); all other types are Opaque.
const Operation& operation_of(const LayerEvent& event);

/// The same by type and name alone, whatever the event's source says.
const Operation& operation_by_names(const LayerEvent& event);

/// Names of the calls that read a cache last, of eager and of fused attention: the cache is written where they are.
const std::array<Name, 2>& cache_reader_names();

/// An operation that names alone tell, with what a trace's header says of all such: heads of the cache, the window,
/// rows of tables.
Operation completed_by(const TraceHeader& header, Operation operation);

/// Multi-head latent attention as older traces have it, whose shapes do not tell its cache: keys of 192 numbers and
/// values of 128 are those of DeepSeek-V2 and all that was made after it, with 512 + 64 numbers a row in the cache.
struct LatentWidths {
  static constexpr std::int64_t key = 192, value = 128, cached = 576;
};

/// What an event's type and name leave open, and a trace's header, its shapes or the events before it tell. Who writes
/// a trace asks what a reader would take an event for, and so need not say it.
class EventContext {
 public:
  /// `header`: of the trace that the events are of.
  explicit EventContext(const TraceHeader& header = {}) : header_(header) {}

  /// What an event that does not say its operation is taken for: what its names tell, completed by the header;
  /// attention in which a prompt sees later rows as one without a cache, as of an encoder; attention of LatentWidths as
  /// latent; and functions over packed experts (grouped_mm) as such, of which there are as many as the last router has
  /// outputs.
  const Operation& expected(const LayerEvent& event);

  /// To be called for every event of a stream, in their order.
  void see(const LayerEvent& event);

  /// Gives an event that does not say its operation the expected one, and sees it.
  void complete(LayerEvent& event);

 private:
  const Operation& completed(const Operation& by_names, bool is_cached);
  const Operation& latent(const LayerEvent& event) const;

  TraceHeader header_;
  std::map<std::pair<const Operation*, bool>, const Operation*> completed_;  ///< by what names tell, and with a cache
  std::int64_t experts_ = 0;                                                 ///< of the last router
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
