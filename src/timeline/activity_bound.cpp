#include "timeline/activity_bound.hpp"

#include <algorithm>

namespace upmem_des {

ActivityBound activity_bound(const ActivityRecord& compute) {
  constexpr double nearly = 1 - 1e-9;
  const double time_s = compute.end_s - compute.start_s;
  const double arithmetic_s = std::min(compute.compute_s, time_s);
  const double memory_s = std::min(compute.memory_s, time_s);
  const double work_s = std::max(arithmetic_s, memory_s);
  if (work_s <= 0 || work_s < (time_s - work_s) * nearly) return ActivityBound::Overhead;
  return arithmetic_s >= memory_s * nearly ? ActivityBound::Compute : ActivityBound::Memory;
}

const char* to_string(ActivityBound bound) {
  switch (bound) {
    case ActivityBound::Compute:
      return "compute";
    case ActivityBound::Memory:
      return "memory";
    case ActivityBound::Overhead:
      break;
  }
  return "overhead";
}

}  // namespace upmem_des
