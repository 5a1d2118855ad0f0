#include "report/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;
using Results = std::vector<NamedResult>;
/// None where a result of an earlier program does not say.
using Quantity = std::function<std::optional<double>(const SimulationResult&)>;

constexpr int digits = 5;
constexpr std::size_t results_abreast = 4;

std::string ratio_text(double value, double base) {
  const double ratio = value / base;
  if (base == 0 || !std::isfinite(ratio)) return "-";
  return ratio >= 0.1 && ratio < 1e4 ? fmt::format("{:.4f}", ratio) : rounded_text(ratio, digits);
}

/// One table, of some of the results. The first of all is in front.
class Comparison {
 public:
  /// `shown` are indices into `all`, the first of them 0.
  Comparison(const Results& all, std::vector<std::size_t> shown)
      : all_(all), shown_(std::move(shown)), table_(columns(shown_.size())) {
    std::vector<std::string> heads{"", ""};
    for (const std::size_t i : shown_) {
      heads.push_back(all_[i].name);
      if (i > 0) heads.emplace_back("ratio");
    }
    table_.row(heads);
    table_.rule();
  }

  std::string text() {
    each_phase(
        "time", "s", [](const PhaseResult& phase) { return phase.time_s; }, &SimulationResult::time_s);
    row("tokens/s", "", [](const SimulationResult& result) { return result.tokens_per_s(); });
    table_.row({""});
    each_phase(
        "energy", "J", [](const PhaseResult& phase) { return phase.energy.total_J(); }, &SimulationResult::energy_J);
    row("energy per token", "J", [](const SimulationResult& result) { return result.energy_per_token_J(); });
    each_phase(
        "power", "W", [](const PhaseResult& phase) { return phase.power_W(); }, &SimulationResult::power_W);
    peak_power();
    energy_parts();
    moved_bytes();
    memory();
    return table_.str();
  }

 private:
  static std::vector<Align> columns(std::size_t results) {
    std::vector<Align> aligns{Align::Left, Align::Left};
    aligns.resize(2 + 2 * results, Align::Right);
    return aligns;
  }

  bool any_has(const Quantity& quantity) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const NamedResult& one) { return quantity(*one.result).value_or(0) > 0; });
  }

  /// The unit suits the largest of all results, so that several tables have the same.
  void row(const std::string& label, const std::string& unit, const Quantity& quantity) {
    double largest = 0;
    for (const NamedResult& one : all_) largest = std::max(largest, quantity(*one.result).value_or(0));
    const Scale scale = unit.empty() ? Scale() : scale_for(largest, unit);
    const double base = quantity(*all_.front().result).value_or(0);
    std::vector<std::string> cells{label, scale.unit};
    for (const std::size_t i : shown_) {
      const std::optional<double> value = quantity(*all_[i].result);
      cells.push_back(value ? rounded_text(*value / scale.factor, digits) : "-");
      if (i > 0) cells.push_back(value ? ratio_text(*value, base) : "-");
    }
    table_.row(cells);
  }

  template <class Total>
  void each_phase(const std::string& label, const std::string& unit, double (*of_phase)(const PhaseResult&),
                  Total total) {
    row(label, unit, [=](const SimulationResult& result) { return std::invoke(total, result); });
    for (const Phase phase : {Phase::Prefill, Phase::Decode})
      row(std::string(to_string(phase)) + " " + label, unit,
          [=](const SimulationResult& result) { return of_phase(result.phase(phase)); });
  }

  void peak_power() {
    const Quantity peak = [](const SimulationResult& result) { return result.peak_power_W(); };
    if (!any_has(peak)) return;
    row("peak power", "W", peak);
    for (const Phase phase : {Phase::Prefill, Phase::Decode})
      row(std::string(to_string(phase)) + " peak", "W",
          [=](const SimulationResult& result) { return result.phase(phase).peak_power_W; });
  }

  struct Part {
    const char* label;
    Quantity quantity;
  };

  /// Those of the parts that a result has, under a heading.
  void section(const char* heading, const char* unit, const std::vector<Part>& parts) {
    if (std::none_of(parts.begin(), parts.end(), [&](const Part& part) { return any_has(part.quantity); })) return;
    table_.row({""});
    table_.row({heading});
    for (const Part& part : parts)
      if (any_has(part.quantity)) row(std::string("  ") + part.label, unit, part.quantity);
  }

  template <class Parts>
  static Quantity sum(Parts PhaseResult::*parts, double Parts::*value) {
    return
        [=](const SimulationResult& result) { return result.phases[0].*parts.*value + result.phases[1].*parts.*value; };
  }

  void energy_parts() {
    const auto part = [](double EnergyParts::*value) { return sum(&PhaseResult::energy, value); };
    section("energy by part", "J",
            {{"host to device", part(&EnergyParts::host_to_device_J)},
             {"device to host", part(&EnergyParts::device_to_host_J)},
             {"device to device", part(&EnergyParts::device_to_device_J)},
             {"memory", part(&EnergyParts::main_mem_J)},
             {"compute", part(&EnergyParts::compute_J)},
             {"active", part(&EnergyParts::active_J)},
             {"idle", part(&EnergyParts::idle_J)}});
  }

  void moved_bytes() {
    const auto part = [](double MovedBytes::*value) { return sum(&PhaseResult::moved, value); };
    section("moved", "B",
            {{"host to device", part(&MovedBytes::host_to_device_B)},
             {"device to host", part(&MovedBytes::device_to_host_B)},
             {"device to device", part(&MovedBytes::device_to_device_B)}});
  }

  void memory() {
    const Quantity peak = [](const SimulationResult& result) {
      double most_B = 0;
      for (const DeviceResult& device : result.devices) most_B = std::max(most_B, device.memory.total_B());
      return most_B;
    };
    if (!any_has(peak)) return;
    table_.row({""});
    row("memory peak", "B", peak);
  }

  const Results& all_;
  std::vector<std::size_t> shown_;
  TextTable table_;
};

}  // namespace

std::string comparison_text(const Results& results) {
  std::string text;
  std::size_t next = 1;
  do {
    std::vector<std::size_t> shown{0};
    while (next < results.size() && shown.size() < results_abreast) shown.push_back(next++);
    text += (text.empty() ? "" : "\n") + Comparison(results, shown).text();
  } while (next < results.size());
  return text;
}

}  // namespace upmem_des
