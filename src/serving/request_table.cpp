#include "upmem_des/serving/request_table.hpp"

#include <utility>

namespace upmem_des {

std::uint32_t RequestTable::open() {
  if (!closed_.empty()) {
    const std::uint32_t slot = closed_.back();
    closed_.pop_back();
    return slot;
  }
  if ((slots_ & page_mask) == 0) pages_.push_back(std::make_unique<LiveRequest[]>(page_mask + 1));
  return slots_++;
}

void RequestTable::close(std::uint32_t slot) {
  LiveRequest& closed = (*this)[slot];
  std::vector<KvBlock> blocks = std::move(closed.blocks);
  closed = LiveRequest();
  // The next request of the slot will want as much.
  blocks.clear();
  closed.blocks = std::move(blocks);
  closed_.push_back(slot);
}

}  // namespace upmem_des
