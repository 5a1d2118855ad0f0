/// Tables for terminals.
#pragma once

#include <string>
#include <vector>

#include "util/harmless_text.hpp"

namespace upmem_des {

/// Columns as wide as their widest cell, two spaces between them; the first row is the header.
class TextTable {
 public:
  enum class Align { Left, Right };

  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}

  /// A row; missing cells are empty, texts as one_line() makes them.
  void row(std::vector<std::string> cells);
  /// A line across the table.
  void rule() { rows_.emplace_back(); }

  /// Every line begins with `indent` spaces and ends in a newline, without trailing spaces.
  std::string str(std::size_t indent = 0) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace upmem_des
