#include "plan/proportions.hpp"

#include <cmath>

namespace upmem_des {

namespace {

/// A quotient that misses a whole number by less is that number: 0.1 + 0.1 + 0.1 is more than 0.3.
constexpr double rounding = 1e-9;

}  // namespace

Proportions::Proportions(const std::vector<double>& weights) : parts_(weights.size()), before_(1, 0.0) {
  for (const double weight : weights) before_.push_back(before_.back() + weight);
  if (before_.back() <= 0) before_.clear();
}

std::int64_t Proportions::begin(std::int64_t size, std::size_t part) const {
  if (before_.empty()) return size * static_cast<std::int64_t>(part) / static_cast<std::int64_t>(parts_);
  if (part == parts_) return size;
  const double units = static_cast<double>(size) * (before_[part] / before_.back());
  return static_cast<std::int64_t>(std::floor(units + rounding));
}

double Proportions::share(std::size_t part) const {
  if (before_.empty()) return 1.0 / static_cast<double>(parts_);
  return (before_[part + 1] - before_[part]) / before_.back();
}

}  // namespace upmem_des
