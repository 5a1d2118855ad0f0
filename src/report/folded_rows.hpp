/// Rows of a table about numbered things, equal ones in one line. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace upmem_des {

/// Rows of equal cells whose names differ only in their last index, which counts up by one, become one row:
/// "dimm[0]", "dimm[1]", "dimm[2]" are "dimm[0..2] × 3", with the cells of each. A row stands where its first name
/// came.
class FoldedRows {
 public:
  void add(const std::string& name, std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }
  /// The i-th row, its name in front.
  std::vector<std::string> row(std::size_t i) const;

 private:
  struct Row {
    std::string before;  ///< "dimm[", or the whole name where it has no index
    std::string after;   ///< "]"
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::vector<std::string> cells;
  };
  static bool split(const std::string& name, Row& row);

  std::vector<Row> rows_;
  std::map<std::pair<std::string, std::string>, std::size_t> latest_;  // of rows with an index, by before and after
};

}  // namespace upmem_des
