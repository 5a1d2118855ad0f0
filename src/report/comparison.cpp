#include "upmem_des/report/comparison.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "report/comparison_table.hpp"
#include "report/energy_gap_text.hpp"

namespace upmem_des {

namespace {

using Results = std::vector<NamedResult>;
/// None where a result of an earlier program does not say.
using Quantity = std::function<std::optional<double>(const SimulationResult&)>;

/// The rows of the table.
class Comparison {
 public:
  explicit Comparison(const Results& all) : all_(all), table_(names_of(all)) {}

  std::string text() {
    each_phase(
        "time", "s", [](const PhaseResult& phase) { return phase.time_s; }, &SimulationResult::time_s);
    row("TTFT", "s", of_prefill(&SimulationResult::time_to_first_token_s));
    row("TPOT", "s", of_decode(&SimulationResult::time_per_output_token_s));
    row("tokens/s", "", of_decode(&SimulationResult::tokens_per_s));
    table_.gap();
    each_phase(
        "energy", "J", [](const PhaseResult& phase) { return phase.energy.total_J(); }, &SimulationResult::energy_J);
    row("per token of decode", "J", of_decode(&SimulationResult::energy_per_token_J));
    row("per token, prefill included", "J", of_prefill(&SimulationResult::energy_per_generated_token_J));
    each_phase(
        "power", "W", [](const PhaseResult& phase) { return phase.power_W(); }, &SimulationResult::power_W);
    peak_power();
    energy_parts();
    moved_bytes();
    memory();
    std::string text = table_.text();
    for (const NamedResult& one : all_) text += energy_gap_text(one.name, one.result->energy_gaps);
    return text;
  }

 private:
  static std::vector<std::string> names_of(const Results& results) {
    std::vector<std::string> names;
    for (const NamedResult& one : results) names.push_back(one.name);
    return names;
  }

  /// None of a run that generates nothing.
  static Quantity of_prefill(double (SimulationResult::*value)() const) {
    return [=](const SimulationResult& result) -> std::optional<double> {
      if (result.generated_tokens() == 0) return std::nullopt;
      return (result.*value)();
    };
  }

  /// None of a run without decode.
  static Quantity of_decode(double (SimulationResult::*value)() const) {
    return [=](const SimulationResult& result) -> std::optional<double> {
      if (result.decode_tokens() == 0) return std::nullopt;
      return (result.*value)();
    };
  }

  bool any_has(const Quantity& quantity) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const NamedResult& one) { return quantity(*one.result).value_or(0) > 0; });
  }

  void row(const std::string& label, const std::string& unit, const Quantity& quantity) {
    std::vector<std::optional<double>> values;
    for (const NamedResult& one : all_) values.push_back(quantity(*one.result));
    table_.row(label, unit, std::move(values));
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
    table_.gap();
    table_.heading(heading);
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
    table_.gap();
    row("memory peak", "B", peak);
  }

  const Results& all_;
  ComparisonTable table_;
};

}  // namespace

std::string comparison_text(const std::vector<NamedResult>& results) {
  return Comparison(results).text();
}

}  // namespace upmem_des
