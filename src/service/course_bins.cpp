#include "service/course_bins.hpp"

#include <limits>
#include <numeric>
#include <utility>

namespace upmem_des {

std::vector<std::size_t> CourseBins::fold() {
  std::vector<std::size_t> bins(edges_s_.size());
  std::iota(bins.begin(), bins.end(), std::size_t{0});
  if (closed() <= most_ && length_s_ == first_length_s) return bins;
  for (;; length_s_ *= 2) {
    std::vector<double> edges_s{0};
    double shortest_s = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < closed(); ++i) {
      bins[i] = edges_s.size() - 1;
      const double lasts_s = edges_s_[i + 1] - edges_s.back();
      const bool is_next_long = i + 2 < edges_s_.size() && edges_s_[i + 2] - edges_s_[i + 1] >= length_s_;
      if (lasts_s < length_s_ && !is_next_long && i + 1 < closed()) continue;
      if (lasts_s >= length_s_) shortest_s = std::min(shortest_s, lasts_s);
      edges_s.push_back(edges_s_[i + 1]);
    }
    bins.back() = edges_s.size() - 1;
    if (edges_s.size() > most_ + 1) continue;
    edges_s_ = std::move(edges_s);
    // Of equal steps bins have a whole number; those to come are to have as many, and as many of these bins.
    if (shortest_s < std::numeric_limits<double>::infinity()) length_s_ = shortest_s * (1 - rounding);
    return bins;
  }
}

}  // namespace upmem_des
