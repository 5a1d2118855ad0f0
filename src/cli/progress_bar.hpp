/// How far a long run has come.
#pragma once

#include <chrono>
#include <cstdint>

namespace upmem_des {

/// A bar on standard error, only when that is a terminal and the run has taken a second already.
class ProgressBar {
 public:
  explicit ProgressBar(bool enabled);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(std::int64_t done, std::int64_t total);
  /// Wipes the bar, so that what follows begins on a clean line.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool shown_ = false;
  Clock::time_point started_;
  Clock::time_point drawn_;
};

}  // namespace upmem_des
