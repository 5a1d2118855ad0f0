#include "plan/tasks/recent_values.hpp"

namespace upmem_des {

void RecentValues::make_room(std::int64_t seq) {
  while (next_seq_ <= seq) {
    values_.emplace_back(static_cast<std::size_t>(microbatches_));
    ++next_seq_;
    if (values_.size() > static_cast<std::size_t>(window_)) values_.pop_front();
  }
}

Value* RecentValues::find(std::int64_t seq, std::int64_t microbatch) {
  const std::int64_t first = next_seq_ - static_cast<std::int64_t>(values_.size());
  if (seq < first) return nullptr;
  return &values_[static_cast<std::size_t>(seq - first)][static_cast<std::size_t>(microbatch)];
}

}  // namespace upmem_des
