/// How far ahead of its tasks a device fetches weights.
#pragma once

#include <cstddef>
#include <limits>

namespace upmem_des {

/// Weights are fetched in the order in which the device takes its tasks; its own traffic goes first.
struct FetchRules {
  /// The next task's weights, when the memory work of the one that runs has ended.
  static FetchRules one_task() { return {}; }
  /// Those of any task to come, as much as a buffer of `buffer_B` bytes takes, whenever the memory is free. A byte is
  /// in the buffer from when it arrives until the task that uses it has ended; those of the task that runs count, too.
  static FetchRules of_buffer(double buffer_B) { return {std::numeric_limits<std::size_t>::max(), buffer_B, true}; }

  std::size_t tasks = 1;  ///< so many after the one that runs
  double buffer_B = std::numeric_limits<double>::infinity();
  bool in_gaps = false;  ///< also before memory work that the running task is still to do
};

}  // namespace upmem_des
