/// Means over time of values that change. Internal to the room.
#pragma once

#include <cstddef>
#include <vector>

namespace upmem_des {

/// Integrals of values over bins of equal width. When the bins no longer reach, each two become one that is twice as
/// wide, so that a time of any length takes the same memory. Nothing is lost but where in a bin something happened: the
/// sum over all bins is the integral over the time.
class TimeBins {
 public:
  /// Of each value that many at most, and more than half as many once that many were in use.
  static constexpr std::size_t most_bins = 3840;

  explicit TimeBins(std::size_t values) : values_(values) {}

  void begin(double time_s) { begin_s_ = end_s_ = time_s; }
  /// `value` is so from `time_s` on. The times of one value must not go back.
  void set(std::size_t value, double time_s, double to);
  void finish(double time_s);

  /// The means over `count` bins of equal width from the beginning to the end, in which what lies in the bins of this
  /// class counts as spread evenly over each. The mean of these times the whole time is the integral. Empty where no
  /// time has passed. `count` is at least 1.
  std::vector<double> means(std::size_t value, std::size_t count) const;

  double begin_s() const { return begin_s_; }
  double end_s() const { return end_s_; }

 private:
  struct Value {
    double now = 0;
    double since_s = 0;  ///< after begin_s_
    std::vector<double> integrals;
  };
  void add(Value& value, double until_s);
  void double_width();

  std::vector<Value> values_;
  double width_s_ = 0x1p-60;
  double begin_s_ = 0;
  double end_s_ = 0;
};

}  // namespace upmem_des
