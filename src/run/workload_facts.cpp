#include "run/workload_facts.hpp"

#include <algorithm>

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
    std::vector<std::string>& names = facts.first_names;
    const auto known = std::find(names.begin(), names.end(), event.name.str());
    if (!layer && facts.decoder_layers == 0 && known == names.end())
      names.push_back(event.name.str());
    else if (layer && known != names.end())
      names.erase(known);
  }

 private:
  LayerTracker tracker_;
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
  return facts;
}

}  // namespace upmem_des
