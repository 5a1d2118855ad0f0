/// What the first forward pass tells of the whole workload. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>

#include "trace/event_source.hpp"

namespace upmem_des {

struct WorkloadFacts {
  std::int64_t vocabulary_rows = 0;         ///< columns of the last layer, where it is a linear; 0: not known
  std::optional<std::int64_t> query_heads;  ///< of attention
  std::optional<std::int64_t> shown_heads;  ///< of the keys, as attention says or shows them
};

/// Reads up to the first call of `last_layer` (name or path), or all where there is none. Throws as the source does.
WorkloadFacts facts_of(EventSource& source, Name last_layer);

}  // namespace upmem_des
