/// The points of a sweep, one a line.
#pragma once

#include <fstream>
#include <istream>
#include <string>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Reads lines that are JSON arrays of settings: ["workload.batch=8", "workload.dtype=int8"]. Memory does not grow with
/// their number.
class PointReader {
 public:
  static constexpr std::size_t max_line = 65'536;  ///< bytes

  /// `path` is "-" for standard input. Throws InputError on a file that cannot be read.
  explicit PointReader(const std::string& path);

  /// The settings of the next point; false at the end. Throws InputError ("FILE:LINE: …") on a line that is too long or
  /// no such array, and where there is no point at all.
  bool next(std::vector<std::string>& settings);

  /// Where the points come from: the file's name, or "standard input".
  const std::string& origin() const { return where_.file; }

 private:
  bool next_line(std::string& line);

  SourceLocation where_;
  std::ifstream file_;
  std::istream& stream_;
};

}  // namespace upmem_des
