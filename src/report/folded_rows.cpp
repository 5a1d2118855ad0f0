#include "report/folded_rows.hpp"

namespace upmem_des {

/// Takes the last "[123]" of a name apart; false where there is none.
bool FoldedRows::split(const std::string& name, Row& row) {
  constexpr std::size_t max_digits = 9;
  const std::size_t close = name.rfind(']');
  const std::size_t open = name.rfind('[', close);
  if (close == std::string::npos || open == std::string::npos) return false;
  const std::string digits = name.substr(open + 1, close - open - 1);
  if (digits.empty() || digits.size() > max_digits || digits.find_first_not_of("0123456789") != std::string::npos)
    return false;
  if (digits.size() > 1 && digits.front() == '0') return false;
  row.before = name.substr(0, open + 1);
  row.after = name.substr(close);
  row.first = row.last = std::stoll(digits);
  return true;
}

void FoldedRows::add(const std::string& name, std::vector<std::string> cells) {
  Row row;
  row.cells = std::move(cells);
  if (!split(name, row)) {
    row.before = name;
    rows_.push_back(std::move(row));
    return;
  }
  const auto [latest, is_new] = latest_.try_emplace({row.before, row.after}, rows_.size());
  if (!is_new) {
    Row& other = rows_[latest->second];
    if (other.last + 1 == row.first && other.cells == row.cells) {
      other.last = row.first;
      return;
    }
    latest->second = rows_.size();
  }
  rows_.push_back(std::move(row));
}

std::vector<std::string> FoldedRows::row(std::size_t i) const {
  const Row& row = rows_[i];
  std::string name = row.before;
  if (!row.after.empty()) name += std::to_string(row.first);
  if (row.last > row.first) name += ".." + std::to_string(row.last);
  name += row.after;
  if (row.last > row.first) name += " × " + std::to_string(row.last - row.first + 1);
  std::vector<std::string> cells{name};
  cells.insert(cells.end(), row.cells.begin(), row.cells.end());
  return cells;
}

}  // namespace upmem_des
