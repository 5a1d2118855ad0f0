/// A figure that is known, or known to lie between two others.
#pragma once

#include <functional>
#include <limits>
#include <string>

namespace upmem_des {

/// low <= mid <= high, in the unit that the key of the figure says. A figure that is known has all three equal.
struct ValueRange {
  double low = 0;
  double mid = 0;
  double high = 0;

  /// A figure that is known.
  static ValueRange of(double value) { return {value, value, value}; }
  /// Is it not known exactly?
  bool is_range() const { return low < high; }
  /// Of what is free, or none.
  bool is_nothing() const { return high == 0; }
  /// Each of the three times a factor.
  ValueRange times(double factor) const { return {low * factor, mid * factor, high * factor}; }

  bool operator==(const ValueRange& other) const { return low == other.low && mid == other.mid && high == other.high; }
  bool operator!=(const ValueRange& other) const { return !(*this == other); }
};

/// What a figure can be, whatever it is varied by.
struct ValueBounds {
  double least = 0;
  double most = std::numeric_limits<double>::max();
};

/// Is shown a figure with its name: "price_usd", "gpu.price_usd".
using InputVisitor = std::function<void(const std::string& name, const ValueRange& input, const ValueBounds& bounds)>;

}  // namespace upmem_des
