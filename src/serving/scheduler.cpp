#include "upmem_des/serving/scheduler.hpp"

namespace upmem_des {

void Pass::clear() {
  scheduled.clear();
  padding.clear();
  preempted.clear();
  fetching.clear();
  full.clear();
  displaced.clear();
  tokens = 0;
  wake_s = std::numeric_limits<double>::infinity();
}

}  // namespace upmem_des
