/// What a slice tells of its activity. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// A JSON object. Of a Compute: type, path, phase, step, seq, shapes, flop, memory_bytes, energy_J, start_s, time_s,
/// arithmetic_s, memory_s, bound. Of a Transfer: purpose, from, to, the links (at most eight by name, then their
/// number), bytes, bandwidth_Bps reached, energy_J, start_s, time_s, and whose event it is. What is not known is left
/// out.
std::string slice_args(const PlatformSpec& platform, const ActivityRecord& ended);

}  // namespace upmem_des
