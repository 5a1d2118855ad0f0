/// Bins of time whose edges are where steps begin and end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace upmem_des {

/// Bins end only at cuts, so that none has a part of one step beside another one: what is equal in all steps is equal
/// in all bins. When there are more than twice `most`, neighbours are put together until there are at most `most`: such
/// that are shorter than `length_s` together, which grows, but none with a longer one beside it. What is long, a step
/// or a time without any, stays a bin. Of steps that overlap, as those of several instances do, cuts are as far apart.
class CourseBins {
 public:
  explicit CourseBins(std::size_t most, bool steps_overlap = false) : most_(most), steps_overlap_(steps_overlap) {}

  /// At times that do not descend, not before anything that bins are asked for later; of one before the latest nothing
  /// comes. Are there so many bins now that fold() is to be called?
  bool cut(double time_s) {
    if (time_s <= edges_s_.back() || (steps_overlap_ && time_s - edges_s_.back() < length_s_)) return false;
    edges_s_.push_back(time_s);
    return edges_s_.size() > 2 * most_ + 1;
  }
  /// Puts bins together; the bin of each that there was, the one after the latest cut among them.
  std::vector<std::size_t> fold();

  /// The last bin ends then.
  void close(double time_s) {
    if (time_s > edges_s_.back()) edges_s_.push_back(time_s);
  }

  /// How many end at cuts.
  std::size_t closed() const { return edges_s_.size() - 1; }
  /// Where they begin, and the latest cut.
  const std::vector<double>& edges_s() const { return edges_s_; }
  double length_s() const { return length_s_; }

  /// The bin that a time lies in; of a cut, the one that ends with it.
  std::size_t bin_before(double time_s) const {
    std::size_t bin = edges_s_.size() - 1;
    while (bin > 0 && edges_s_[bin] >= time_s) --bin;
    return bin;
  }
  /// Calls `tell(bin, from_s, to_s)` for each bin that has a part of the time between two times.
  template <class Tell>
  void each(double from_s, double to_s, const Tell& tell) const {
    if (to_s <= from_s) return;
    std::size_t bin = edges_s_.size() - 1;
    while (bin > 0 && edges_s_[bin] > from_s) --bin;
    for (; from_s < to_s; ++bin) {
      const double until_s = bin < closed() ? std::min(to_s, edges_s_[bin + 1]) : to_s;
      tell(bin, from_s, until_s);
      from_s = until_s;
    }
  }

 private:
  static constexpr double first_length_s = 0x1p-30;
  static constexpr double rounding = 1e-9;

  const std::size_t most_;
  const bool steps_overlap_;
  double length_s_ = first_length_s;
  std::vector<double> edges_s_{0};
};

}  // namespace upmem_des
