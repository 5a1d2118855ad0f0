/// What the first forward pass tells of the whole workload. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

struct WorkloadFacts {
  std::int64_t vocabulary_rows = 0;         ///< columns of the last layer, where it is a linear; 0: not known
  std::optional<std::int64_t> query_heads;  ///< of attention
  std::optional<std::int64_t> shown_heads;  ///< of the keys, as attention says or shows them
  std::int64_t decoder_layers = 0;          ///< one more than the highest number of a decoder layer
  std::vector<std::string> first_names;     ///< of layers before the first decoder layer, and of none within one
};

/// Reads up to the first call of `last_layer` (name or path), or all where there is none. Throws as the source does.
WorkloadFacts facts_of(EventSource& source, Name last_layer);

}  // namespace upmem_des
