#include "measurement/error_summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace upmem_des {

ErrorGroup error_group(const std::vector<EstimateError>& errors) {
  ErrorGroup group;
  group.rows = errors.size();
  if (errors.empty()) return group;
  std::vector<double> sizes;
  for (const EstimateError& error : errors) {
    const double pct = 100 * error.relative();
    sizes.push_back(std::abs(pct));
    group.mean_pct += std::abs(pct);
    group.bias_pct += pct;
    if (error.is_suspect) ++group.suspect;
  }
  const auto n = static_cast<double>(sizes.size());
  group.mean_pct /= n;
  group.bias_pct /= n;
  std::sort(sizes.begin(), sizes.end());
  const std::size_t half = sizes.size() / 2;
  group.median_pct = sizes.size() % 2 == 1 ? sizes[half] : (sizes[half - 1] + sizes[half]) / 2;
  group.p90_pct = sizes[static_cast<std::size_t>(std::ceil(0.9 * n)) - 1];
  return group;
}

std::vector<ErrorGroup> error_groups(const std::vector<EstimateError>& errors) {
  std::map<std::pair<std::string, std::string>, std::vector<EstimateError>> sorted;
  for (const EstimateError& error : errors) sorted[{error.device, error.kind}].push_back(error);
  std::vector<ErrorGroup> groups;
  for (const auto& [key, rows] : sorted) {
    groups.push_back(error_group(rows));
    groups.back().device = key.first;
    groups.back().kind = key.second;
  }
  return groups;
}

std::vector<ErrorGroup> pooled_errors(const std::vector<EstimateError>& errors) {
  std::vector<EstimateError> pooled = errors;
  for (EstimateError& error : pooled) error.device.clear();
  return error_groups(pooled);
}

}  // namespace upmem_des
