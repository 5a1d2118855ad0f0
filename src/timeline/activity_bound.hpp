/// What an activity's time is due to.
#pragma once

#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

enum class ActivityBound { Compute, Memory, Overhead };

/// What takes the longest of a Compute's time: its arithmetic, its memory traffic, or what neither of them explains
/// (the device's launch overhead, fixed waits). A time counts up to the activity's own, as memory traffic may have
/// begun before it (weights fetched ahead). Where two are equal to 1e-9, arithmetic comes before memory traffic, and
/// that before overhead; an activity without arithmetic and memory traffic is Overhead.
ActivityBound activity_bound(const ActivityRecord& compute);

/// "compute", "memory", "overhead".
const char* to_string(ActivityBound bound);

}  // namespace upmem_des
