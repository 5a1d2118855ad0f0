/// The outputs that later events may need. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "plan/tasks/value.hpp"

namespace upmem_des {

/// The values of the last events, as many as any event may depend on: memory does not grow with the run.
class RecentValues {
 public:
  /// Of `window` events, each with a value for each micro-batch.
  RecentValues(std::int64_t window, std::int64_t microbatches) : window_(window), microbatches_(microbatches) {}

  /// Takes in the events up to `seq` and forgets those that are too far back.
  void make_room(std::int64_t seq);

  /// Of an event for which there was room; nullptr where it has been forgotten.
  Value* find(std::int64_t seq, std::int64_t microbatch);

 private:
  const std::int64_t window_;
  const std::int64_t microbatches_;
  std::deque<std::vector<Value>> values_;  // by event, then by micro-batch
  std::int64_t next_seq_ = 0;
};

}  // namespace upmem_des
