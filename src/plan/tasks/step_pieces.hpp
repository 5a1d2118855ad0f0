/// What of an event a micro-batch has, and what devices have that share rows. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/spread.hpp"
#include "trace/step_calls.hpp"

namespace upmem_des {

/// The rows of an event that belong to a micro-batch of so many: of a step in parts those of a part, else as many as
/// every other has.
LayerEvent microbatch_of(const StepCalls& step, std::size_t site, LayerEvent event, std::int64_t microbatch,
                         std::int64_t microbatches);

/// Of a step in parts, and where these are no micro-batches: the event of each part, for the groups of devices that
/// share its rows. Else empty: groups share rows of sequences that are all alike.
std::vector<LayerEvent> groups_of(const StepCalls& step, std::size_t site, std::int64_t microbatches);

/// Has each of the groups of a spread the event of one part?
bool shares_parts(const std::vector<LayerEvent>& groups, const Spread& spread);

/// By part, its share of what the events of all parts give.
std::vector<double> shares_of_groups(const std::vector<LayerEvent>& groups);

/// One group of devices that share rows, or one of several devices each of which has rows of its own.
Spread group_of(const Spread& spread, std::size_t group);

}  // namespace upmem_des
