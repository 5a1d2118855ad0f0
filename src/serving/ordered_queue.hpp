/// Whoever comes first in an order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "upmem_des/serving/waiting_queue.hpp"

namespace upmem_des {

/// The smallest first; of two equal ones the one that arrived first. Adding and taking the first take the logarithm of
/// their number, remove() their number.
class OrderedQueue final : public WaitingQueue {
 public:
  /// What a request is ordered by; the same as long as it lives.
  using Key = std::function<std::int64_t(const Request&)>;

  explicit OrderedQueue(Key key) : key_(std::move(key)) {}

  void add(RequestTable& table, std::uint32_t slot) override;
  void add_again(RequestTable& table, std::uint32_t slot) override { add(table, slot); }
  std::uint32_t front() const override { return heap_.front().slot; }
  void pop(RequestTable& table) override;
  void remove(RequestTable& table, std::uint32_t slot) override;
  std::int64_t size() const override { return static_cast<std::int64_t>(heap_.size()); }
  std::vector<std::uint32_t> slots(const RequestTable& table) const override;

  /// The place in `running`, of which there is at least one, of the largest; of equal ones that which arrived last.
  std::size_t last_of(const RequestTable& table, const std::vector<std::uint32_t>& running) const;

 private:
  struct Entry {
    std::int64_t key = 0;
    double arrival_s = 0;
    std::int64_t id = 0;
    std::uint32_t slot = 0;

    /// Comes later, as heaps of the standard library have the largest first.
    bool operator<(const Entry& other) const;
  };

  Entry entry(const RequestTable& table, std::uint32_t slot) const;

  Key key_;
  std::vector<Entry> heap_;
};

}  // namespace upmem_des
