/// First come, first served.
#pragma once

#include "upmem_des/serving/waiting_queue.hpp"

namespace upmem_des {

/// Those that come again go to the front. Every function but slots() takes constant time.
class FifoQueue final : public WaitingQueue {
 public:
  void add(RequestTable& table, std::uint32_t slot) override;
  void add_again(RequestTable& table, std::uint32_t slot) override;
  std::uint32_t front() const override { return first_; }
  void pop(RequestTable& table) override { remove(table, first_); }
  void remove(RequestTable& table, std::uint32_t slot) override;
  std::int64_t size() const override { return size_; }
  std::vector<std::uint32_t> slots(const RequestTable& table) const override;

 private:
  std::uint32_t first_ = RequestTable::none;
  std::uint32_t last_ = RequestTable::none;
  std::int64_t size_ = 0;
};

}  // namespace upmem_des
