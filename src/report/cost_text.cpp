#include "report/cost_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;

constexpr int digits = 4;

std::string amount(double value) {
  return rounded_plain(value, digits);
}

/// "3.2", or "3.2 (2.8 to 4)".
std::string range_text(const ValueRange& range) {
  if (!range.is_range()) return amount(range.mid);
  return fmt::format("{} ({} to {})", amount(range.mid), amount(range.low), amount(range.high));
}

std::string percent_range(const ValueRange& share) {
  return range_text(share.times(100)) + " %";
}

struct Column {
  const char* title;
  CostPart part;
  bool shows_range;
};
constexpr std::array columns{Column{"USD", CostPart::TotalUsd, true},
                             Column{"capital", CostPart::CapitalUsd, false},
                             Column{"energy", CostPart::EnergyUsd, false},
                             Column{"operation", CostPart::OperationUsd, false},
                             Column{"rent", CostPart::RentUsd, false},
                             Column{"kWh", CostPart::Energy, true},
                             Column{"g CO2", CostPart::TotalCarbon, true},
                             Column{"of energy", CostPart::EnergyCarbon, false},
                             Column{"embodied", CostPart::EmbodiedCarbon, false}};

struct Row {
  const char* label;
  CostUnit unit;
};
constexpr std::array rows{Row{"per million tokens", CostUnit::MillionTokens},
                          Row{"  of prompts", CostUnit::MillionPromptTokens},
                          Row{"  of outputs", CostUnit::MillionOutputTokens}, Row{"per request", CostUnit::Request},
                          Row{"over the years, per request/s", CostUnit::QueryPerSecond}};

bool has(const CostRanges& ranges, CostPart part) {
  for (const CostUnit unit : cost_units)
    if (ranges.at(unit, part)) return true;
  return false;
}

/// Dollars, and below it energy and carbon.
constexpr std::size_t money_columns = 5;

/// Of columns from one to before another; empty where none of them can be told.
std::string table(const CostRanges& ranges, std::size_t first, std::size_t end) {
  std::vector<Column> shown;
  for (std::size_t i = first; i < end; ++i)
    if (has(ranges, columns[i].part)) shown.push_back(columns[i]);
  if (shown.empty()) return "";
  std::vector<Align> aligns{Align::Left};
  std::vector<std::string> header{""};
  for (const Column& column : shown) {
    aligns.push_back(Align::Right);
    header.emplace_back(column.title);
  }
  TextTable text(aligns);
  text.row(header);
  text.rule();
  for (const Row& row : rows) {
    std::vector<std::string> cells{row.label};
    bool is_empty = true;
    for (const Column& column : shown) {
      const std::optional<ValueRange>& value = ranges.at(row.unit, column.part);
      is_empty = is_empty && !value;
      cells.push_back(!value ? "-" : column.shows_range ? range_text(*value) : amount(value->mid));
    }
    if (!is_empty) text.row(std::move(cells));
  }
  return text.str();
}

std::string tables(const CostRanges& ranges) {
  const std::string money = table(ranges, 0, money_columns);
  const std::string footprint = table(ranges, money_columns, columns.size());
  return money + (money.empty() || footprint.empty() ? "" : "\n") + footprint;
}

std::string conditions(const CostReport& report) {
  std::string text;
  if (report.machine_usd) text += "machine " + range_text(*report.machine_usd) + " USD, ";
  if (report.years) text += range_text(*report.years) + " years, ";
  text += "busy " + percent_range(report.utilisation) + " of the time, PUE " + range_text(report.pue);
  text += report.power_W ? ", " + amount(*report.power_W) + " W busy and " : ", power while busy not stated, ";
  text += range_text(report.idle_W) + " W idle";
  return text;
}

}  // namespace

std::string cost_text(const CostReport& report) {
  std::string text = fmt::format("cost at {} requests/s: {}\n", amount(report.requests_per_s), conditions(report));
  text += tables(report.all);
  if (const std::string good = report.good ? tables(*report.good) : ""; !good.empty())
    text += fmt::format("\ncost at the goodput, {} requests/s\n", amount(*report.goodput_per_s)) + good;
  for (const std::string& line : report.missing) text += one_line(line) + "\n";
  return text;
}

}  // namespace upmem_des
