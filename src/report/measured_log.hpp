/// A line for each measured event.
#pragma once

#include <functional>
#include <string_view>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Like EventLog, with the columns that a measured event has: start and duration in seconds ("-" where the trace has
/// none), phase, step, type, path or name, shapes.
class MeasuredLog {
 public:
  /// Hands the header to `write` at once.
  explicit MeasuredLog(std::function<void(std::string_view)> write);
  void add(const LayerEvent& event);

 private:
  std::function<void(std::string_view)> write_;
};

}  // namespace upmem_des
