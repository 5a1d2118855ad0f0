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

}  // namespace

Proportions Spread::rows() const {
  if (weights.empty()) return Proportions(is_grid() ? replicas : devices.size());
  if (!is_grid()) return Proportions(weights);
  std::vector<double> sums;
  for (std::size_t i = 0; i < replicas; ++i) {
    const std::vector<double> own = part_of(weights, i, group_size());
    sums.push_back(std::accumulate(own.begin(), own.end(), 0.0));
  }
  return Proportions(sums);
}

Proportions Spread::within(std::size_t group) const {
  return weights.empty() ? Proportions(group_size()) : Proportions(part_of(weights, group, group_size()));
}

std::vector<DeviceIndex> Spread::column(std::size_t place) const {
  std::vector<DeviceIndex> column;
  for (std::size_t i = 0; i < replicas; ++i) column.push_back(devices[i * group_size() + place]);
  return column;
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
