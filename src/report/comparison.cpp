#include "report/comparison.hpp"

#include <fmt/format.h>

#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 5;

class Comparison {
 public:
  Comparison(const std::string& first_name, const std::string& second_name)
      : table_({Align::Left, Align::Right, Align::Right, Align::Right}) {
    table_.row({"", first_name, second_name, "ratio"});
    table_.rule();
  }

  void row(const std::string& label, double first, double second, const char* unit) {
    table_.row({label, quantity_text(first, unit, digits), quantity_text(second, unit, digits),
                first > 0 ? fmt::format("{:.4f}", second / first) : "-"});
  }

  void phase(const std::string& label, const PhaseResult& first, const PhaseResult& second) {
    row(label + " time", first.time_s, second.time_s, "s");
    row(label + " energy", first.energy.total_J(), second.energy.total_J(), "J");
    row(label + " power", first.power_W(), second.power_W(), "W");
  }

  std::string text() const { return table_.str(); }

 private:
  using Align = TextTable::Align;
  TextTable table_;
};

}  // namespace

std::string comparison_text(const SimulationResult& first, const std::string& first_name,
                            const SimulationResult& second, const std::string& second_name) {
  Comparison comparison(first_name, second_name);
  comparison.row("time", first.time_s, second.time_s, "s");
  comparison.row("energy", first.energy_J(), second.energy_J(), "J");
  comparison.row("power", first.power_W(), second.power_W(), "W");
  comparison.phase("prefill", first.phase(Phase::Prefill), second.phase(Phase::Prefill));
  comparison.phase("decode", first.phase(Phase::Decode), second.phase(Phase::Decode));
  comparison.row("decode rate", first.tokens_per_s(), second.tokens_per_s(), "tokens/s");
  return comparison.text();
}

}  // namespace upmem_des
