/// What counts as happening at once.
#pragma once

#include <utility>
#include <vector>

#include "simulation/stream_queue.hpp"

namespace upmem_des {

/// Where streams choose among what is ready, a choice must not hang on the last digit of a time. So what happens within
/// a share `width` of the clock from the first event of a moment on counts as happening at once, and streams choose
/// when all of it has happened.
class Moment {
 public:
  static constexpr double width = 1e-12;

  explicit Moment(QueueOrder order) : order_(order) {}

  /// Does the moment go on until then? Never where nobody chooses.
  bool lasts_until(double time_s) const { return order_ == QueueOrder::ReadyById && time_s <= began_s_ * (1 + width); }
  /// The clock, which reads `now_s`, when something happens at `time_s`: in this moment, or as the first of another
  /// one. What only those are told who watch neither begins a moment nor goes on in one: choices are the same without
  /// them.
  double pass_to(double time_s, double now_s, bool is_only_told) {
    const bool goes_on = lasts_until(time_s);
    if (is_only_told) return goes_on ? now_s : time_s;
    if (!goes_on) began_s_ = time_s;
    return time_s;
  }

  /// A device's stream (of a Compute) or a route's may have something to take when the moment is over.
  void offer(StreamQueue& stream, Task::Kind kind) {
    (kind == Task::Kind::Compute ? devices_ : routes_).push_back(&stream);
  }

  /// Those that choose now that it is over; none where nothing was offered. Routes come first: over ideal links a
  /// transfer takes no time, and what it brings is there at the same moment.
  std::vector<StreamQueue*> choosing() { return std::exchange(routes_.empty() ? devices_ : routes_, {}); }

 private:
  QueueOrder order_;
  double began_s_ = 0;
  std::vector<StreamQueue*> devices_;
  std::vector<StreamQueue*> routes_;
};

}  // namespace upmem_des
