/// One call of a layer or a function of a network.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "upmem_des/operation/operation.hpp"
#include "upmem_des/operation/shape.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/name.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// A call, with all that a trace tells of it. Optional texts are empty when absent.
struct LayerEvent {
  std::int64_t seq = 0;  ///< place in the stream: 0, 1, 2, …
  EventKind kind = EventKind::Layer;
  Name type;                       ///< "Linear", "LlamaRMSNorm", "softmax", …
  Name name;                       ///< the attribute it was assigned to: "q_proj"
  Name path;                       ///< optional: "model.layers.0.self_attn.q_proj"
  Name map_key;                    ///< optional: the one key that the mapping is looked up by
  std::optional<std::int64_t> id;  ///< unique per layer, in creation order; functions have none
  Phase phase = Phase::Prefill;
  std::int64_t step = 0;              ///< 0 in prefill, then 1, 2, …
  Shape input_shape;                  ///< of attention: the key's, heads repeated to the query's, cache appended
  std::optional<Shape> weight_shape;  ///< of a Linear: [in_features, out_features]
  Shape output_shape;
  std::optional<double> start_ns;         ///< measured on the CPU
  std::optional<double> duration_ns;      ///< measured on the CPU
  std::vector<std::int64_t> deps;         ///< seq of the events that this one waits for; empty: the event before it
  bool waits_for_nothing = false;         ///< where deps is empty: not even for the event before it
  std::vector<std::int64_t> experts;      ///< experts that the event belongs to, or that a router chose
  std::optional<std::int64_t> kv_length;  ///< cached rows that attention reads
  std::optional<std::array<std::int64_t, 2>> stride;   ///< Conv2d: rows, columns
  std::optional<std::array<std::int64_t, 2>> padding;  ///< Conv2d: rows, columns
  /// Of what looks at each sequence by itself, where sequences differ in length and their rows follow each other in one
  /// batch row: which rows are whose. Null: all batch rows are alike.
  std::shared_ptr<const std::vector<Slice>> slices;
  std::optional<bool> causal;  ///< attention: does a row see only the rows before it? Absent means yes.
  /// What it computes, where the source knows that by itself, as a model's description does; else nullptr, and the
  /// names say: ask operation_of().
  const Operation* operation = nullptr;
  bool ends_pass = false;  ///< is it the last of a forward pass? Where the source's header says that events tell.

  /// Does it wait for the event before it, as one does that says nothing of it?
  bool waits_for_the_one_before() const { return deps.empty() && !waits_for_nothing && seq > 0; }

  /// Back to an event without optional fields; vectors keep their memory for the next event.
  void clear_optional() {
    path = map_key = Name();
    start_ns.reset();
    duration_ns.reset();
    deps.clear();
    waits_for_nothing = false;
    experts.clear();
    kv_length.reset();
    stride.reset();
    padding.reset();
    slices.reset();
    causal.reset();
    operation = nullptr;
    ends_pass = false;
  }
};

/// Are the rows of two events spread over sequences alike, as far as they say?
inline bool same_slices(const LayerEvent& a, const LayerEvent& b) {
  return a.slices == b.slices || (a.slices != nullptr && b.slices != nullptr && *a.slices == *b.slices);
}

/// Is an event the last of a forward pass: a call of the layer whose name or path is `last_layer` or, where that is
/// empty, of which its source says so?
inline bool ends_pass(const LayerEvent& event, Name last_layer) {
  if (last_layer.empty()) return event.ends_pass;
  return event.kind == EventKind::Layer && (event.name == last_layer || event.path == last_layer);
}

}  // namespace upmem_des
