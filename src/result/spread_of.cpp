#include "upmem_des/result/spread_of.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace upmem_des {

namespace {

double at_share(const std::vector<double>& ascending, double share) {
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

}  // namespace

SpreadOf spread_of(std::vector<double> values) {
  std::vector<double> curve;
  return spread_of(std::move(values), {}, curve);
}

SpreadOf spread_of(std::vector<double> values, const std::vector<double>& shares, std::vector<double>& curve) {
  curve.clear();
  SpreadOf spread;
  spread.count = static_cast<std::int64_t>(values.size());
  if (values.empty()) return spread;
  std::sort(values.begin(), values.end());
  for (const double value : values) spread.mean += value;
  spread.mean /= static_cast<double>(values.size());
  spread.p50 = at_share(values, 0.5);
  spread.p90 = at_share(values, 0.9);
  spread.p95 = at_share(values, 0.95);
  spread.p99 = at_share(values, 0.99);
  spread.max = values.back();
  for (const double share : shares) curve.push_back(at_share(values, share));
  return spread;
}

void SpreadCounter::add(double value, std::int64_t times) {
  if (times <= 0) return;
  count_ += times;
  sum_ += value * static_cast<double>(times);
  max_ = std::max(max_, value);
  if (value < smallest) {
    zeros_ += times;
    return;
  }
  const auto index = static_cast<std::int64_t>(std::floor(std::log(value) / std::log(width)));
  if (counts_.empty()) first_ = index;
  if (index < first_) {
    counts_.insert(counts_.begin(), static_cast<std::size_t>(first_ - index), 0);
    first_ = index;
  }
  const auto place = static_cast<std::size_t>(index - first_);
  if (place >= counts_.size()) counts_.resize(place + 1, 0);
  counts_[place] += times;
}

SpreadOf SpreadCounter::spread() const {
  SpreadOf spread;
  spread.count = count_;
  if (count_ == 0) return spread;
  spread.mean = sum_ / static_cast<double>(count_);
  spread.max = max_;
  // The middle of the class in which the value is that so large a share of all is below.
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(count_ - 1);
    auto before = static_cast<double>(zeros_);
    if (place < before) return 0.0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      before += static_cast<double>(counts_[i]);
      if (place < before)
        return std::min(max_, std::pow(width, static_cast<double>(first_ + static_cast<std::int64_t>(i)) + 0.5));
    }
    return max_;
  };
  spread.p50 = at(0.5);
  spread.p90 = at(0.9);
  spread.p95 = at(0.95);
  spread.p99 = at(0.99);
  return spread;
}

}  // namespace upmem_des
