/// Requests by priority.
#pragma once

#include "serving/schedulers/ordered_v1.hpp"

namespace upmem_des {

/// VllmV1 with its policy "priority": the request with the lowest `priority` first, and of equal ones the first to
/// arrive. Keys: those of VllmV1.
class PriorityV1 final : public OrderedV1 {
 public:
  /// Throws InputError as check() does.
  explicit PriorityV1(const SchedulerOptions& options);
};

}  // namespace upmem_des
