#include "serving/fifo_queue.hpp"

namespace upmem_des {

void FifoQueue::add(RequestTable& table, std::uint32_t slot) {
  table[slot].before = last_;
  table[slot].after = RequestTable::none;
  (last_ == RequestTable::none ? first_ : table[last_].after) = slot;
  last_ = slot;
  ++size_;
}

void FifoQueue::add_again(RequestTable& table, std::uint32_t slot) {
  table[slot].before = RequestTable::none;
  table[slot].after = first_;
  (first_ == RequestTable::none ? last_ : table[first_].before) = slot;
  first_ = slot;
  ++size_;
}

void FifoQueue::remove(RequestTable& table, std::uint32_t slot) {
  const LiveRequest& removed = table[slot];
  (removed.before == RequestTable::none ? first_ : table[removed.before].after) = removed.after;
  (removed.after == RequestTable::none ? last_ : table[removed.after].before) = removed.before;
  --size_;
}

std::vector<std::uint32_t> FifoQueue::slots(const RequestTable& table) const {
  std::vector<std::uint32_t> all;
  for (std::uint32_t slot = first_; slot != RequestTable::none; slot = table[slot].after) all.push_back(slot);
  return all;
}

}  // namespace upmem_des
