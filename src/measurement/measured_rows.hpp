/// Files of measurements.
#pragma once

#include <string>
#include <vector>

#include "measurement/measured_kernel.hpp"

namespace upmem_des {

/// Which rows are left out, and what is taken off.
struct MeasuredRowOptions {
  /// Rows that are noted to have run with warm caches ("warm L2 possible"), launched from Python ("eager") or between
  /// nodes ("devices per node 1") are not what kernels of a network take.
  bool takes_noted = false;
  /// column=value, of which all must hold: rows that are known to be wrong.
  std::vector<std::vector<std::pair<std::string, std::string>>> left_out;
  /// A text that a row's source or note has, and the seconds of launch and synchronisation in it.
  std::vector<std::pair<std::string, double>> constants_s;
};

struct MeasuredRows {
  std::vector<MeasuredKernel> kernels;
  std::size_t noted = 0, too_short = 0, left_out = 0;  ///< rows that were not taken
};

/// Reads a CSV file, plain or gzip, of kernels (docs/accuracy.md has the columns) or of expert blocks. Rows of a clock
/// of 1 us that took less than 10 are not taken. Throws InputError on an operation that is not known, sizes that are
/// missing or no numbers above 0, and times of 0 or less.
void read_measured_rows(const std::string& path, const MeasuredRowOptions& options, MeasuredRows& rows);

}  // namespace upmem_des
