#include "report/summary_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

}  // namespace

SummaryTable::SummaryTable() : table_({Align::Left, Align::Right, Align::Right, Align::Right, Align::Left}) {
  table_.row({"", "total", "prefill", "decode"});
  table_.rule();
}

void SummaryTable::quantity(const std::string& label, double total, double prefill, double decode,
                            const std::string& unit) {
  const Scale scale = scale_for(std::max({total, prefill, decode}), unit);
  const auto amount = [&](double value) { return rounded_text(value / scale.factor, summary_digits); };
  table_.row({label, amount(total), amount(prefill), amount(decode), scale.unit});
}

void SummaryTable::one(std::size_t column, const std::string& label, std::optional<double> value,
                       const std::string& unit) {
  const Scale scale = scale_for(value.value_or(0), unit);
  std::vector<std::string> cells{label, "", "", "", value ? scale.unit : unit};
  cells[column] = value ? rounded_text(*value / scale.factor, summary_digits) : no_value;
  table_.row(std::move(cells));
}

void SummaryTable::total_only(const std::string& label, std::optional<double> value, const std::string& unit) {
  one(1, label, value, unit);
}

void SummaryTable::prefill_only(const std::string& label, std::optional<double> value, const std::string& unit) {
  one(2, label, value, unit);
}

void SummaryTable::decode_only(const std::string& label, std::optional<double> value, const std::string& unit) {
  one(3, label, value, unit);
}

std::string percent_text(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f}", 100 * part / whole) : "0";
}

}  // namespace upmem_des
