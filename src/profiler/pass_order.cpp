#include "profiler/pass_order.hpp"

#include <algorithm>

namespace upmem_des::profiler {

void PassOrder::fill(LayerEvent& event) {
  if (event.step != step_) {
    ends_.assign(open_.begin(), open_.end());
    open_.clear();
    step_ = event.step;
    first_ = event.seq;
  }
  if (event.waits_for_the_one_before() && event.seq > first_) {
    open_.erase(event.seq - 1);
  } else if ((event.deps.empty() || event.deps.back() < first_) && !ends_.empty()) {
    event.deps.insert(event.deps.end(), ends_.begin(), ends_.end());
    std::sort(event.deps.begin(), event.deps.end());
    event.deps.erase(std::unique(event.deps.begin(), event.deps.end()), event.deps.end());
    event.waits_for_nothing = false;
  }
  for (const std::int64_t dep : event.deps) open_.erase(dep);
  open_.insert(event.seq);
}

}  // namespace upmem_des::profiler
