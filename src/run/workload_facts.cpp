#include "run/workload_facts.hpp"

#include <algorithm>
#include <unordered_set>

#include "plan/layer_tracker.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

/// Heads are the third size from the end: key [b, h, kv, d] and output [b, h, q, d], or query [b, h, q, d] of eager
/// attention.
void see_attention(const LayerEvent& event, WorkloadFacts& facts) {
  if (facts.query_heads) return;
  const operation::Attention* attention = attention_of(event);
  if (attention == nullptr) return;
  using Part = operation::Attention::Part;
  if (attention->part != Part::Fused && attention->part != Part::Scores) return;
  if (event.input_shape.rank() < 3 || event.output_shape.rank() < 3) return;
  facts.query_heads = event.output_shape.from_end(2);
  facts.shown_heads = attention->cache_heads > 0 ? attention->cache_heads : event.input_shape.from_end(2);
}

/// Which decoder layers there are, and what comes before them.
class LayerWatch {
 public:
  void see(const LayerEvent& event, WorkloadFacts& facts) {
    const std::optional<std::int64_t> layer = tracker_.layer_of(event);
    if (layer) facts.decoder_layers = std::max(facts.decoder_layers, *layer + 1);
    if (event.kind != EventKind::Layer) return;
    if (layer)
      within_.insert(event.name);
    else if (facts.decoder_layers == 0 && known_.insert(event.name).second)
      before_.push_back(event.name);
  }

  /// The names of layers before the first decoder layer that none within one has, in the order of their first calls.
  std::vector<std::string> first_names() const {
    std::vector<std::string> names;
    for (const Name name : before_) {
      if (within_.count(name) == 0) names.push_back(name.str());
    }
    return names;
  }

 private:
  LayerTracker tracker_;
  std::vector<Name> before_;
  std::unordered_set<Name> known_;  // of before_: there may be as many names as a trace may have
  std::unordered_set<Name> within_;
};

}  // namespace

WorkloadFacts facts_of(EventSource& source, Name last_layer) {
  WorkloadFacts facts;
  LayerWatch layers;
  LayerEvent event;
  while (source.next(event)) {
    layers.see(event, facts);
    see_attention(event, facts);
    if (!ends_pass(event, last_layer)) continue;
    if (event.weight_shape) facts.vocabulary_rows = (*event.weight_shape)[1];
    break;
  }
  facts.first_names = layers.first_names();
  return facts;
}

}  // namespace upmem_des
