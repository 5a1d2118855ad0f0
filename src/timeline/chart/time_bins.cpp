#include "timeline/chart/time_bins.hpp"

#include <algorithm>

namespace upmem_des {

void TimeBins::set(std::size_t value, double time_s, double to) {
  add(values_[value], time_s - begin_s_);
  values_[value].now = to;
}

void TimeBins::finish(double time_s) {
  end_s_ = time_s;
  for (Value& value : values_) add(value, time_s - begin_s_);
}

std::vector<double> TimeBins::means(std::size_t value, std::size_t count) const {
  const double whole_s = end_s_ - begin_s_;
  if (whole_s <= 0) return {};
  std::vector<double> means(count);
  const std::vector<double>& integrals = values_[value].integrals;
  const double wide_s = whole_s / static_cast<double>(count);
  for (std::size_t i = 0; i < integrals.size(); ++i) {
    const double from_s = static_cast<double>(i) * width_s_;
    const double to_s = std::min(from_s + width_s_, whole_s);  // nothing is in the last bin after the end
    if (integrals[i] == 0 || to_s <= from_s) continue;
    for (auto k = static_cast<std::size_t>(from_s / wide_s); k < count && static_cast<double>(k) * wide_s < to_s; ++k) {
      const double first_s = std::max(from_s, static_cast<double>(k) * wide_s);
      const double last_s = k + 1 == count ? to_s : std::min(to_s, static_cast<double>(k + 1) * wide_s);
      if (last_s > first_s) means[k] += integrals[i] * ((last_s - first_s) / (to_s - from_s)) / wide_s;
    }
  }
  return means;
}

void TimeBins::add(Value& value, double until_s) {
  const double from_s = value.since_s;
  if (until_s <= from_s) return;
  value.since_s = until_s;
  if (value.now == 0) return;
  while (until_s > width_s_ * static_cast<double>(most_bins)) double_width();
  const auto first = static_cast<std::size_t>(from_s / width_s_);
  const auto last = std::min(static_cast<std::size_t>(until_s / width_s_), most_bins - 1);
  if (value.integrals.size() <= last) value.integrals.resize(last + 1);
  for (std::size_t i = first; i <= last; ++i) {
    const double start_s = std::max(from_s, static_cast<double>(i) * width_s_);
    const double end_s = i == last ? until_s : static_cast<double>(i + 1) * width_s_;
    value.integrals[i] += value.now * (end_s - start_s);
  }
}

void TimeBins::double_width() {
  width_s_ *= 2;
  for (Value& value : values_) {
    std::vector<double>& integrals = value.integrals;
    for (std::size_t i = 0; i < integrals.size(); ++i) {
      if (i % 2 == 0)
        integrals[i / 2] = integrals[i];
      else
        integrals[i / 2] += integrals[i];
    }
    integrals.resize((integrals.size() + 1) / 2);
  }
}

}  // namespace upmem_des
