#include "run/workload_facts.hpp"

#include "trace/recognise.hpp"

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

}  // namespace

WorkloadFacts facts_of(EventSource& source, Name last_layer) {
  WorkloadFacts facts;
  LayerEvent event;
  while (source.next(event)) {
    see_attention(event, facts);
    if (!ends_pass(event, last_layer)) continue;
    if (event.weight_shape) facts.vocabulary_rows = (*event.weight_shape)[1];
    break;
  }
  return facts;
}

}  // namespace upmem_des
