/// The requests that a scheduler has, by number.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "upmem_des/serving/live_request.hpp"

namespace upmem_des {

/// A slot is a request's number as long as it lives; afterwards another one gets it. Requests stay where they are in
/// memory, and once there have been as many as there ever are at once, none is asked for any more.
class RequestTable {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// A slot with a request as it is at first, but for its vectors, which are empty.
  std::uint32_t open();
  /// Gives a slot back.
  void close(std::uint32_t slot);

  LiveRequest& operator[](std::uint32_t slot) { return pages_[slot >> page_bits][slot & page_mask]; }
  const LiveRequest& operator[](std::uint32_t slot) const { return pages_[slot >> page_bits][slot & page_mask]; }

  /// Requests that there are.
  std::int64_t open_count() const {
    return static_cast<std::int64_t>(slots_) - static_cast<std::int64_t>(closed_.size());
  }

 private:
  static constexpr int page_bits = 8;
  static constexpr std::uint32_t page_mask = (1u << page_bits) - 1;

  std::vector<std::unique_ptr<LiveRequest[]>> pages_;
  std::vector<std::uint32_t> closed_;
  std::uint32_t slots_ = 0;
};

}  // namespace upmem_des
