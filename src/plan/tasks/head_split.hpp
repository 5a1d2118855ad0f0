/// Columns and heads that one of several devices has. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "plan/proportions.hpp"
#include "plan/tasks/part_split.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

/// Of the `out` columns of a product those of device `part`: whole heads where these are known and the columns are
/// heads'; of several projections side by side what it would have of each.
std::int64_t columns_of(const operation::Product& product, std::int64_t out, std::size_t part, const Proportions& parts,
                        const HeadCounts& heads);

/// Of the heads that an event shows, [.., heads, width], those of one device.
struct HeadsOfPart {
  std::int64_t shown = 0;
  std::optional<std::int64_t> kv_heads;  ///< of the cache's among them, where the event shows others, too
};

/// None where the run's heads are not known or not those of the event, or it does not say whose heads it shows.
std::optional<HeadsOfPart> heads_of_part(const LayerEvent& event, std::size_t part, const Proportions& parts,
                                         const HeadCounts& heads);

/// Is it a kernel between the projections and attention: what turns queries and keys, or writes the cache?
bool is_before_attention(const LayerEvent& event);

}  // namespace upmem_des
