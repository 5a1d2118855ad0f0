#include "serving/schedulers/priority.hpp"

namespace upmem_des {

PriorityV1::PriorityV1(const SchedulerOptions& options)
    : OrderedV1(options, [](const Request& request) { return request.priority; }) {}

}  // namespace upmem_des
