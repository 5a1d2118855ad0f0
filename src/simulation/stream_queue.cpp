#include "simulation/stream_queue.hpp"

namespace upmem_des {

void StreamQueue::add(LoadedStep::At at) {
  if (order_ == QueueOrder::ById) in_turn_.push_back(at);
}

void StreamQueue::make_ready(LoadedStep::At at) {
  if (order_ == QueueOrder::ReadyById) ready_.push(at);
}

std::optional<LoadedStep::At> StreamQueue::next() const {
  if (is_busy_) return std::nullopt;
  if (!ready_.empty()) return ready_.top();
  if (in_turn_.empty() || !in_turn_.front().is_ready()) return std::nullopt;
  return in_turn_.front();
}

LoadedStep::At StreamQueue::take() {
  const LoadedStep::At taken = *next();
  is_busy_ = true;
  if (order_ == QueueOrder::ById)
    in_turn_.pop_front();
  else
    ready_.pop();
  return taken;
}

}  // namespace upmem_des
