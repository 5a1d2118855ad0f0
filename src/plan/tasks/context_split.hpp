/// Sequences whose tokens and caches several devices share. Internal to the room.
#pragma once

#include <cstdint>

#include "plan/proportions.hpp"
#include "plan/tasks/part_split.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Can devices that know nothing of each other's tokens share an event by tokens? Not where it goes along a sequence,
/// as convolutions and recurrences do. Attention they can, as long as it is one function: it is sent what it needs.
bool shares_tokens(const LayerEvent& event);

/// Tokens of an event: its first size or, of [batch, tokens, ..], its first two; of attention batch and queries.
std::int64_t token_count(const LayerEvent& event);

/// One part of the tokens of an event that is not attention.
LayerEvent tokens_of(const LayerEvent& event, std::size_t part, const Proportions& parts);

/// What devices that share sequences send each other for an attention function, in numbers, of all its sequences and
/// heads: either each is sent all keys and values, and computes the outputs of its own tokens; or all queries, and
/// computes of every output a part, which is added up where its token is, by the weight of each part's softmax.
struct ContextTraffic {
  double keys = 0;     ///< and values, of all rows
  double queries = 0;  ///< of the new rows
  double outputs = 0;  ///< of the new rows, with a weight for each head

  /// The fewer numbers: long prompts send keys, decode sends queries.
  bool sends_keys() const { return keys <= queries + outputs; }
};
ContextTraffic context_traffic(const LayerEvent& attention, const HeadCounts& heads);

}  // namespace upmem_des
