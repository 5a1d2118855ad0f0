/// How values of many things are spread.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// Mean and percentiles; of no values there are none of them, which `count` says.
struct SpreadOf {
  std::int64_t count = 0;
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
};

/// Of finite values, in any order: between two of them, percentiles are in proportion (numpy's default, "linear").
SpreadOf spread_of(std::vector<double> values);

/// The same, and sets `curve` to what they are at each of the ascending `shares` (0 to 1), in the same way; empty where
/// there are none.
SpreadOf spread_of(std::vector<double> values, const std::vector<double>& shares, std::vector<double>& curve);

/// Values that are too many to be kept: their percentiles are known to 0.1 %, mean and largest as exactly as they were
/// told.
class SpreadCounter {
 public:
  /// Adds a value of 0 or more so many times.
  void add(double value, std::int64_t times = 1);
  /// Of all that was added.
  SpreadOf spread() const;

 private:
  static constexpr double width = 1.001;     // of a class of values, as a ratio
  static constexpr double smallest = 1e-12;  // values below it count as 0

  std::int64_t zeros_ = 0;
  std::int64_t count_ = 0;
  double sum_ = 0;
  double max_ = 0;
  std::int64_t first_ = 0;            // class of counts_.front()
  std::vector<std::int64_t> counts_;  // by class
};

}  // namespace upmem_des
