/// vLLM's scheduler with an order other than that of arrival.
#pragma once

#include <cstddef>

#include "serving/ordered_queue.hpp"
#include "serving/schedulers/vllm_v1.hpp"

namespace upmem_des {

/// Whoever is smallest by `key` is let in first, and whoever is largest loses its blocks first. If that one has been
/// scheduled in the same pass already, its tokens return to the budget.
class OrderedV1 : public VllmV1 {
 protected:
  /// Throws InputError as check() does.
  OrderedV1(const SchedulerOptions& options, OrderedQueue::Key key);

  std::size_t victim() const final { return order_->last_of(table_, running_); }

 private:
  OrderedV1(const SchedulerOptions& options, std::unique_ptr<OrderedQueue> order);

  const OrderedQueue* order_;  ///< waiting_
};

}  // namespace upmem_des
