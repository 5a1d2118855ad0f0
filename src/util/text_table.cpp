#include "util/text_table.hpp"

#include <algorithm>

#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

/// Characters on a terminal: UTF-8 continuation bytes take no column.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void TextTable::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = one_line(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::str(std::size_t indent) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& cells : rows_)
    for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], width(cells[i]));
  std::size_t total = 0;
  for (const std::size_t w : widths) total += w + 2;

  std::string text;
  for (const auto& cells : rows_) {
    std::string line(indent, ' ');
    if (cells.empty()) line += std::string(total > 2 ? total - 2 : 0, '-');
    for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
      const std::string padding(widths[i] - width(cells[i]), ' ');
      line += columns_[i] == Align::Left ? cells[i] + padding : padding + cells[i];
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace upmem_des
