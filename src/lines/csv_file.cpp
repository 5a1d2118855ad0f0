#include "lines/csv_file.hpp"

#include <utility>

namespace upmem_des {

CsvFile::CsvFile(const std::string& path, Comments comments) : comments_(comments), lines_(path) {
  std::string_view line;
  if (!next_line(line)) throw InputError({path}, "empty; expected a line of column names");
  const std::vector<std::string> names = fields_of(line);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!columns_.emplace(names[i], i).second) throw InputError(where(), "column '" + names[i] + "' a second time");
}

bool CsvFile::next_line(std::string_view& line) {
  do {
    if (!lines_.next(line)) return false;
  } while (comments_ == Comments::skipped && !line.empty() && line.front() == '#');
  return true;
}

bool CsvFile::next() {
  std::string_view line;
  do {
    if (!next_line(line)) return false;
  } while (line.empty() || line == "\r");
  row_ = fields_of(line);
  if (row_.size() != columns_.size())
    throw InputError(where(), std::to_string(row_.size()) + " fields; expected " + std::to_string(columns_.size()) +
                                  ", as the first line has");
  return true;
}

std::vector<std::string> CsvFile::columns() const {
  std::vector<std::string> names;
  for (const auto& column : columns_) names.push_back(column.first);
  return names;
}

const std::string& CsvFile::field(const std::string& column) const {
  static const std::string none;
  const auto found = columns_.find(column);
  return found == columns_.end() ? none : row_[found->second];
}

std::vector<std::string> CsvFile::fields_of(std::string_view line) const {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (is_quoted) {
      if (c != '"')
        fields.back() += c;
      else if (i + 1 < line.size() && line[i + 1] == '"')
        fields.back() += line[++i];
      else
        is_quoted = false;
    } else if (c == '"' && fields.back().empty()) {
      is_quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (is_quoted) throw InputError(where(), "a quoted field that does not end; expected a closing \"");
  return fields;
}

}  // namespace upmem_des
