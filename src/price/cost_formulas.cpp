#include "price/cost_formulas.hpp"

namespace upmem_des {

namespace {

constexpr double hours_per_year = 8766;
constexpr double s_per_hour = 3600;
constexpr double J_per_kWh = 3.6e6;
constexpr double million = 1e6;

/// Of a unit: how much of the run it has, and how many there are.
struct RunPart {
  double time_share = 1;
  double energy_share = 1;
  double count = 0;
};

class Formulas {
 public:
  Formulas(const CostInputs& inputs, const InputValues& values)
      : section_(inputs.section), machine_(inputs.machine), run_(inputs.run), value_(values) {
    const double throughput = value_(run_.throughput);
    time_s_ = run_.time_s / throughput;
    if (run_.energy_J) energy_J_ = *run_.energy_J * value_(run_.power) / throughput;
    utilisation_ = value_(section_.utilisation);
    idle_W_ = section_.idle_W ? value_(*section_.idle_W) : machine_.idle_W;
    if (section_.years) hours_of_life_ = value_(*section_.years) * hours_per_year;
    if (hours_of_life_ && !section_.is_rented() && machine_.without_price().empty())
      capital_usd_per_hour_ = machine_.usd(value_) / *hours_of_life_;
    if (hours_of_life_ && machine_.without_carbon().empty())
      embodied_g_per_hour_ = machine_.embodied_kg(value_) * 1000 / *hours_of_life_;
    if (section_.cloud_usd_per_hour) rent_usd_per_hour_ = value_(*section_.cloud_usd_per_hour);
    if (section_.cloud_usd_per_device_hour)
      rent_usd_per_hour_ = value_(*section_.cloud_usd_per_device_hour) * static_cast<double>(machine_.devices);
  }

  void bill(CostUnit unit, const RunPart& part, CostAmounts& amounts) const {
    if (!(part.count > 0) || !(time_s_ > 0)) return;
    const auto at = [&](CostPart which) -> std::optional<double>& { return amounts.at(unit, which); };
    const double busy_s = part.time_share * time_s_;
    const double hours = busy_s / s_per_hour / utilisation_ / part.count;
    const double idle_J = idle_W_ * busy_s * (1 / utilisation_ - 1);
    std::optional<double>& kWh = at(CostPart::Energy);
    if (energy_J_) kWh = value_(section_.pue) * (part.energy_share * *energy_J_ + idle_J) / J_per_kWh / part.count;
    if (rent_usd_per_hour_) at(CostPart::TotalUsd) = at(CostPart::RentUsd) = *rent_usd_per_hour_ * hours;
    if (capital_usd_per_hour_) {
      at(CostPart::CapitalUsd) = *capital_usd_per_hour_ * hours;
      if (section_.operation_share)
        at(CostPart::OperationUsd) = *at(CostPart::CapitalUsd) * value_(*section_.operation_share);
    }
    if (kWh && !section_.is_rented() && section_.electricity_usd_per_kWh)
      at(CostPart::EnergyUsd) = *kWh * value_(*section_.electricity_usd_per_kWh);
    if (at(CostPart::CapitalUsd) && at(CostPart::EnergyUsd))
      at(CostPart::TotalUsd) =
          *at(CostPart::CapitalUsd) + *at(CostPart::EnergyUsd) + at(CostPart::OperationUsd).value_or(0);
    if (kWh && section_.carbon_g_per_kWh) at(CostPart::EnergyCarbon) = *kWh * value_(*section_.carbon_g_per_kWh);
    if (embodied_g_per_hour_) at(CostPart::EmbodiedCarbon) = *embodied_g_per_hour_ * hours;
    if (at(CostPart::EnergyCarbon) && at(CostPart::EmbodiedCarbon))
      at(CostPart::TotalCarbon) = *at(CostPart::EnergyCarbon) + *at(CostPart::EmbodiedCarbon);
  }

  /// All that a machine answers in its life is that many times what it answers at one a second while it is busy.
  void bill_over_life(CostAmounts& amounts) const {
    if (!hours_of_life_) return;
    for (const CostPart part : cost_parts)
      if (const std::optional<double>& of_one = amounts.at(CostUnit::Request, part))
        amounts.at(CostUnit::QueryPerSecond, part) = *of_one * *hours_of_life_ * s_per_hour * utilisation_;
  }

 private:
  const CostSection& section_;
  const PricedMachine& machine_;
  const RunFigures& run_;
  const InputValues& value_;
  double time_s_ = 0;
  std::optional<double> energy_J_;
  double utilisation_ = 1;
  double idle_W_ = 0;
  std::optional<double> hours_of_life_;
  std::optional<double> capital_usd_per_hour_;
  std::optional<double> embodied_g_per_hour_;
  std::optional<double> rent_usd_per_hour_;
};

}  // namespace

const char* to_string(CostUnit unit) {
  constexpr std::array names{"million_tokens", "million_prompt_tokens", "million_output_tokens", "request",
                             "query_per_second"};
  return names[static_cast<std::size_t>(unit)];
}

const char* to_string(CostPart part) {
  constexpr std::array names{"usd", "capital_usd", "energy_usd",   "operation_usd", "rent_usd",
                             "kWh", "g_CO2",       "energy_g_CO2", "embodied_g_CO2"};
  return names[static_cast<std::size_t>(part)];
}

CostAmounts cost_amounts(const CostInputs& inputs, const AnsweredCounts& counts, const InputValues& values) {
  const RunFigures& run = inputs.run;
  const Formulas formulas(inputs, values);
  CostAmounts amounts;
  const auto outputs = static_cast<double>(counts.output_tokens);
  if (counts.prompt_tokens) {
    const auto prompts = static_cast<double>(*counts.prompt_tokens);
    formulas.bill(CostUnit::MillionTokens, {1, 1, (prompts + outputs) / million}, amounts);
    formulas.bill(CostUnit::MillionPromptTokens, {run.prompt_time_share, run.prompt_energy_share, prompts / million},
                  amounts);
  }
  formulas.bill(CostUnit::MillionOutputTokens,
                {1 - run.prompt_time_share, 1 - run.prompt_energy_share, outputs / million}, amounts);
  formulas.bill(CostUnit::Request, {1, 1, static_cast<double>(counts.requests)}, amounts);
  formulas.bill_over_life(amounts);
  return amounts;
}

}  // namespace upmem_des
