#include "serving/schedulers/shortest_first.hpp"

namespace upmem_des {

ShortestFirst::ShortestFirst(const SchedulerOptions& options)
    : OrderedV1(options, [total = options.order_by_total](const Request& request) {
        return request.prompt_tokens + (total ? request.output_tokens : 0);
      }) {}

}  // namespace upmem_des
