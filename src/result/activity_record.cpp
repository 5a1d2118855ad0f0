#include "upmem_des/result/activity_record.hpp"

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

std::int64_t ActivityRecord::step() const {
  return event != nullptr ? event->step : -1;
}

}  // namespace upmem_des
