#include "report/comparison_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

constexpr int digits = 5;
constexpr std::size_t results_abreast = 4;

std::string ratio_text(double value, double base) {
  const double ratio = value / base;
  if (base == 0 || !std::isfinite(ratio)) return "-";
  return ratio >= 0.1 && ratio < 1e4 ? fmt::format("{:.4f}", ratio) : rounded_text(ratio, digits);
}

}  // namespace

void ComparisonTable::row(const std::string& label, const std::string& unit,
                          std::vector<std::optional<double>> values) {
  rows_.push_back({label, unit, true, std::move(values)});
}

std::vector<std::string> ComparisonTable::cells(const Row& row, const std::vector<std::size_t>& shown) const {
  if (!row.has_values) return {row.label};
  double largest = 0;
  for (const std::optional<double>& value : row.values) largest = std::max(largest, value.value_or(0));
  const Scale scale = row.unit.empty() ? Scale() : scale_for(largest, row.unit);
  const double base = row.values.front().value_or(0);
  std::vector<std::string> texts{row.label, scale.unit};
  for (const std::size_t i : shown) {
    const std::optional<double>& value = row.values[i];
    texts.push_back(value ? rounded_text(*value / scale.factor, digits) : "-");
    if (i > 0) texts.push_back(value ? ratio_text(*value, base) : "-");
  }
  return texts;
}

std::string ComparisonTable::text() const {
  std::string text;
  std::size_t next = 1;
  do {
    std::vector<std::size_t> shown{0};
    while (next < names_.size() && shown.size() < results_abreast) shown.push_back(next++);
    std::vector<Align> aligns{Align::Left, Align::Left};
    aligns.resize(2 + 2 * shown.size(), Align::Right);
    TextTable table(aligns);
    std::vector<std::string> heads{"", ""};
    for (const std::size_t i : shown) {
      heads.push_back(names_[i]);
      if (i > 0) heads.emplace_back("ratio");
    }
    table.row(heads);
    table.rule();
    for (const Row& row : rows_) table.row(cells(row, shown));
    text += (text.empty() ? "" : "\n") + table.str();
  } while (next < names_.size());
  return text;
}

}  // namespace upmem_des
