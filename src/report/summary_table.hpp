/// The table of a summary: total, prefill, decode and a unit. Internal to the room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "util/text_table.hpp"

namespace upmem_des {

/// Significant digits in summaries.
constexpr int summary_digits = 5;

/// Stands for what is not defined.
constexpr const char* no_value = "-";

class SummaryTable {
 public:
  /// Begins with the header.
  SummaryTable();

  /// Three amounts of a quantity, in the SI prefix that suits the largest.
  void quantity(const std::string& label, double total, double prefill, double decode, const std::string& unit);
  /// An amount that one column alone has; a dash where there is none.
  void total_only(const std::string& label, std::optional<double> value, const std::string& unit);
  void prefill_only(const std::string& label, std::optional<double> value, const std::string& unit);
  void decode_only(const std::string& label, std::optional<double> value, const std::string& unit);
  void row(std::vector<std::string> cells) { table_.row(std::move(cells)); }
  void empty_row() { table_.row({""}); }

  std::string str() const { return table_.str(); }

 private:
  void one(std::size_t column, const std::string& label, std::optional<double> value, const std::string& unit);

  TextTable table_;
};

/// "12.3"; "0" of nothing.
std::string percent_text(double part, double whole);

}  // namespace upmem_des
