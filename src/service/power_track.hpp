/// What is drawn by many things that begin and end, added up.
#pragma once

#include <functional>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

namespace upmem_des {

/// The sum of powers over time, and the highest there was. As in PeakPower, what is drawn together adds up where it
/// lasts longer than `least_share` of the time since the start of the run: what ends as something else begins does not.
class PowerTrack {
 public:
  static constexpr double least_share = 1e-12;
  /// From when until when the sum was the same, W. In order of time, without gaps.
  using Tell = std::function<void(double from_s, double to_s, double power_W)>;

  explicit PowerTrack(Tell tell = {}) : tell_(std::move(tell)) {}

  /// From then on, which is not before what reach() has been told of, there is so much more; less below 0.
  void change(double at_s, double more_W) {
    if (more_W != 0) changes_.push({at_s, more_W});
  }
  /// A step is under way between two times.
  void add(double from_s, double to_s, double power_W) {
    change(from_s, power_W);
    change(to_s, -power_W);
  }
  /// Nothing will change before `now_s`.
  void reach(double now_s);
  /// Of the time that has been reached.
  double highest_W() const { return highest_W_; }

 private:
  struct Change {
    double at_s = 0;
    double more_W = 0;
    /// What ends comes before what begins: then a sum of one is that one.
    friend bool operator<(const Change& a, const Change& b) {
      return a.at_s != b.at_s ? a.at_s > b.at_s : a.more_W > b.more_W;
    }
  };

  Tell tell_;
  std::priority_queue<Change> changes_;
  double since_s_ = 0;
  double sum_W_ = 0;
  double highest_W_ = 0;
};

}  // namespace upmem_des
