#include "trace/trace_summary.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

namespace {

/// Names' indices stay below 2^20 (Name::max_names), so that a kind and two names fit into one key.
std::uint64_t group_key(EventKind kind, Name type, Name name) {
  static_assert(Name::max_names < std::size_t{1} << 20);
  return std::uint64_t{type.index()} << 21 | std::uint64_t{name.index()} << 1 | (kind == EventKind::Function ? 1 : 0);
}

/// Groups by key, up to a bound.
template <typename Group>
class Groups {
 public:
  explicit Groups(std::vector<Group>& groups) : groups_(groups) {}

  /// The group of the event, or null when there are too many. A new one has its kind and type only.
  Group* find(std::uint64_t key, const LayerEvent& event) {
    if (const auto found = places_.find(key); found != places_.end()) return &groups_[found->second];
    if (groups_.size() >= TraceSummary::max_groups) return nullptr;
    places_.emplace(key, groups_.size());
    Group& group = groups_.emplace_back();
    group.kind = event.kind;
    group.type = event.type;
    return &group;
  }

 private:
  std::vector<Group>& groups_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
};

void add(LayerSummary& layer, const LayerEvent& event) {
  const Shape& input = event.input_shape;
  if (layer.name.empty()) {
    layer.name = event.name;
    layer.first_input = layer.smallest_input = layer.largest_input = input;
  }
  ++layer.count[static_cast<std::size_t>(event.phase)];
  layer.last_input = input;
  if (input.elements() < layer.smallest_input.elements()) layer.smallest_input = input;
  if (input.elements() > layer.largest_input.elements()) layer.largest_input = input;
  if (event.weight_shape &&
      std::find(layer.weights.begin(), layer.weights.end(), *event.weight_shape) == layer.weights.end()) {
    if (layer.weights.size() < LayerSummary::max_weights)
      layer.weights.push_back(*event.weight_shape);
    else
      layer.more_weights = true;
  }
  if (event.duration_ns) {
    ++layer.measured;
    layer.measured_ns += *event.duration_ns;
  }
}

}  // namespace

TraceSummary summarise(EventSource& source) {
  TraceSummary summary;
  summary.header = source.header();
  Groups<TypeSummary> types(summary.types);
  Groups<LayerSummary> layers(summary.layers);
  std::unordered_set<std::int64_t> ids;
  LayerEvent event;
  while (source.next(event)) {
    const auto phase = static_cast<std::size_t>(event.phase);
    ++summary.events;
    ++summary.count[phase];
    // A function after the last pass (the choice of the next token) already counts as the next step.
    if (event.kind == EventKind::Layer) summary.forward_passes = std::max(summary.forward_passes, event.step + 1);
    TypeSummary* const type = types.find(group_key(event.kind, event.type, Name()), event);
    ++(type != nullptr ? type->count : summary.other_types)[phase];
    LayerSummary* const layer = layers.find(group_key(event.kind, event.type, event.name), event);
    if (layer != nullptr)
      add(*layer, event);
    else
      ++summary.other_layers[phase];
    if (event.id && !summary.more_ids && ids.count(*event.id) == 0) {
      if (static_cast<std::int64_t>(ids.size()) < TraceSummary::max_ids)
        ids.insert(*event.id);
      else
        summary.more_ids = true;
    }
    if (event.duration_ns) {
      ++summary.measured;
      summary.measured_ns += *event.duration_ns;
    }
  }
  summary.distinct_ids = static_cast<std::int64_t>(ids.size());
  return summary;
}

}  // namespace upmem_des
