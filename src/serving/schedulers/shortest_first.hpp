/// Short requests first.
#pragma once

#include "serving/schedulers/ordered_v1.hpp"

namespace upmem_des {

/// VllmV1, but the request with the shortest prompt first or, with order_by_total, with the fewest tokens of prompt and
/// outputs; the longest loses its blocks first. Keys: those of VllmV1, and order_by_total.
class ShortestFirst final : public OrderedV1 {
 public:
  /// Throws InputError as check() does.
  explicit ShortestFirst(const SchedulerOptions& options);
};

}  // namespace upmem_des
