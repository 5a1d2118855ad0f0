/// For how long at least one of several things was going on.
#pragma once

#include <array>
#include <cstdint>

#include "trace/layer_event.hpp"

namespace upmem_des {

/// Time in which nothing goes on does not count, time in which several things do counts once: for prefill where one of
/// them belongs to it, else for decode.
class BusyClock {
 public:
  void start(Phase phase, double now_s) {
    advance(now_s);
    ++going_on_[static_cast<std::size_t>(phase)];
  }
  void stop(Phase phase, double now_s) {
    advance(now_s);
    --going_on_[static_cast<std::size_t>(phase)];
  }
  double total_s(Phase phase) const { return total_s_[static_cast<std::size_t>(phase)]; }

 private:
  void advance(double now_s) {
    for (std::size_t i = 0; i < phase_count; ++i) {
      if (going_on_[i] == 0) continue;
      total_s_[i] += now_s - since_s_;
      break;
    }
    since_s_ = now_s;
  }

  std::array<std::int64_t, phase_count> going_on_{};
  std::array<double, phase_count> total_s_{};
  double since_s_ = 0;
};

}  // namespace upmem_des
