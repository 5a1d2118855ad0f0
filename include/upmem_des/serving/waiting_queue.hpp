/// Requests that wait for a seat.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/serving/request_table.hpp"

namespace upmem_des {

/// An order of slots. Those in it are open; their `before` and `after` are the queue's.
class WaitingQueue {
 public:
  virtual ~WaitingQueue() = default;

  /// A request that is new.
  virtual void add(RequestTable& table, std::uint32_t slot) = 0;
  /// One that had a seat, or comes with its cache.
  virtual void add_again(RequestTable& table, std::uint32_t slot) = 0;
  /// The next one; there has to be one.
  virtual std::uint32_t front() const = 0;
  /// Takes the next one out; there has to be one.
  virtual void pop(RequestTable& table) = 0;
  /// Takes one out, wherever it stands.
  virtual void remove(RequestTable& table, std::uint32_t slot) = 0;
  /// How many wait.
  virtual std::int64_t size() const = 0;
  /// All, in order.
  virtual std::vector<std::uint32_t> slots(const RequestTable& table) const = 0;
};

}  // namespace upmem_des
