/// SimGrid's time precision, kept as fine as the clock allows.
#pragma once

namespace upmem_des {

/// SimGrid ends activities whose end is nearer than its timing precision, so it must be far below the shortest event;
/// and it must not be below what a double can tell at the present time, or an end may be missed. A fixed value cannot
/// serve runs of nanoseconds and of hours alike, so it grows with the clock. One object for all actors of a run: the
/// precision is SimGrid's, and must cover whichever activity ends last.
class ClockPrecision {
 public:
  /// Sets the finest precision.
  ClockPrecision();
  ClockPrecision(const ClockPrecision&) = delete;
  ClockPrecision& operator=(const ClockPrecision&) = delete;

  /// To be called before an activity is started that ends at `end_s`.
  void cover(double end_s) {
    if (end_s > covered_s_) widen(end_s);
  }

 private:
  void widen(double end_s);

  double covered_s_ = 0;
};

}  // namespace upmem_des
