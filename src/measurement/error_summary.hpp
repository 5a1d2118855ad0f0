/// How far estimates are from measurements.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace upmem_des {

/// One measurement and its estimate, both in s or both in W.
struct EstimateError {
  std::string device;
  std::string kind;
  double measured = 0;
  double estimated = 0;
  bool is_suspect = false;  ///< faster than the device's peak

  double relative() const { return estimated / measured - 1; }
};

/// Of a group of rows, in percent: of |estimate / measured − 1| the mean, the median and the 90th percentile (the
/// smallest value that 90 % do not exceed), and the mean of estimate / measured − 1.
struct ErrorGroup {
  std::string device;  ///< empty: pooled over all
  std::string kind;
  std::size_t rows = 0;
  double mean_pct = 0, median_pct = 0, p90_pct = 0, bias_pct = 0;
  std::size_t suspect = 0;
};

/// By device and kind, in order of names.
std::vector<ErrorGroup> error_groups(const std::vector<EstimateError>& errors);
/// By kind over all devices.
std::vector<ErrorGroup> pooled_errors(const std::vector<EstimateError>& errors);
/// Of all of them.
ErrorGroup error_group(const std::vector<EstimateError>& errors);

}  // namespace upmem_des
