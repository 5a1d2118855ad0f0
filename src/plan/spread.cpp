#include "plan/spread.hpp"

#include <numeric>

namespace upmem_des {

namespace {

/// Those of one group.
template <class Item>
std::vector<Item> part_of(const std::vector<Item>& items, std::size_t group, std::size_t size) {
  const auto first = items.begin() + static_cast<std::ptrdiff_t>(group * size);
  return std::vector<Item>(first, first + static_cast<std::ptrdiff_t>(size));
}

/// Sums of what follows each other, in so many parts.
std::vector<double> sums_of(const std::vector<double>& weights, std::size_t parts) {
  std::vector<double> sums;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::vector<double> own = part_of(weights, i, weights.size() / parts);
    sums.push_back(std::accumulate(own.begin(), own.end(), 0.0));
  }
  return sums;
}

}  // namespace

Proportions Spread::rows() const {
  const std::size_t parts = groups() / context;
  return weights.empty() ? Proportions(parts) : Proportions(sums_of(weights, parts));
}

Proportions Spread::tokens(std::size_t index) const {
  return weights.empty() ? Proportions(context) : Proportions(part_of(sums_of(weights, groups()), index, context));
}

Proportions Spread::within(std::size_t group) const {
  return weights.empty() ? Proportions(group_size()) : Proportions(part_of(weights, group, group_size()));
}

std::vector<DeviceIndex> Spread::column(std::size_t place) const {
  std::vector<DeviceIndex> column;
  for (std::size_t i = 0; i < replicas; ++i) column.push_back(devices[i * group_size() + place]);
  return column;
}

std::vector<std::vector<std::size_t>> Spread::context_columns() const {
  const std::size_t size = devices.size() / groups();
  std::vector<std::vector<std::size_t>> columns;
  for (std::size_t first = 0; first < groups(); first += context)
    for (std::size_t place = 0; place < size; ++place) {
      std::vector<std::size_t>& column = columns.emplace_back();
      for (std::size_t j = 0; j < context; ++j) column.push_back((first + j) * size + place);
    }
  return columns;
}

Spread Spread::group(std::size_t index) const {
  Spread group;
  group.devices = part_of(devices, index, group_size());
  group.split = split;
  group.sequence_parallel = sequence_parallel;
  if (!weights.empty()) group.weights = part_of(weights, index, group_size());
  return group;
}

}  // namespace upmem_des
