/// Tables of text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lines/line_reader.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Reads a CSV file, plain or gzip, whose first line names the columns. Fields may be quoted; a field has no
/// newline.
class CsvFile {
 public:
  enum class Comments { none, skipped };  ///< skipped: lines that begin with '#' are no rows

  /// Throws InputError where it cannot be read, is empty, or names a column twice.
  explicit CsvFile(const std::string& path, Comments comments = Comments::none);

  /// The next row that is not empty; false at the end. Throws InputError on one of more or fewer fields than columns.
  bool next();

  bool has(const std::string& column) const { return columns_.count(column) > 0; }
  /// The names of columns, in order of the alphabet.
  std::vector<std::string> columns() const;
  /// The row's field; empty where there is no such column.
  const std::string& field(const std::string& column) const;
  SourceLocation where() const { return {lines_.path(), lines_.line_number()}; }
  const std::string& path() const { return lines_.path(); }

 private:
  bool next_line(std::string_view& line);
  std::vector<std::string> fields_of(std::string_view line) const;

  Comments comments_;
  LineReader lines_;
  std::map<std::string, std::size_t> columns_;
  std::vector<std::string> row_;
};

}  // namespace upmem_des
