/// For how long at least one of several things was going on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "upmem_des/trace/phase.hpp"

namespace upmem_des {

/// Time in which nothing goes on does not count, time in which several things do counts once: for prefill where one of
/// them belongs to it, else for decode; and in equal parts for all of that phase.
class BusyClock {
 public:
  /// To be called before anything starts or stops; times ascend. Calls `count(key, time_s)` for what has gone on since
  /// the last call.
  template <class Count>
  void pass(double now_s, Count&& count) {
    const double passed_s = now_s - since_s_;
    since_s_ = now_s;
    if (passed_s <= 0) return;
    for (std::size_t i = 0; i < phase_count; ++i) {
      if (going_on_[i].empty()) continue;
      total_s_[i] += passed_s;
      for (const std::size_t key : going_on_[i]) count(key, passed_s / static_cast<double>(going_on_[i].size()));
      return;
    }
  }
  void start(Phase phase, std::size_t key) { going_on_[static_cast<std::size_t>(phase)].push_back(key); }
  void stop(Phase phase, std::size_t key) {
    std::vector<std::size_t>& keys = going_on_[static_cast<std::size_t>(phase)];
    keys.erase(std::find(keys.begin(), keys.end(), key));
  }
  double total_s(Phase phase) const { return total_s_[static_cast<std::size_t>(phase)]; }

 private:
  std::array<std::vector<std::size_t>, phase_count> going_on_;  // keys
  std::array<double, phase_count> total_s_{};
  double since_s_ = 0;
};

}  // namespace upmem_des
