#include "serving/schedulers/ordered_v1.hpp"

#include <memory>
#include <utility>

namespace upmem_des {

OrderedV1::OrderedV1(const SchedulerOptions& options, OrderedQueue::Key key)
    : OrderedV1(options, std::make_unique<OrderedQueue>(std::move(key))) {}

OrderedV1::OrderedV1(const SchedulerOptions& options, std::unique_ptr<OrderedQueue> order)
    : VllmV1(options, std::move(order)), order_(static_cast<const OrderedQueue*>(waiting_.get())) {}

}  // namespace upmem_des
