#include "upmem_des/price/cost_report.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "price/cost_formulas.hpp"
#include "price/cost_inputs.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// What an amount's dependence is told of.
constexpr std::array told{std::pair{CostUnit::MillionTokens, CostPart::TotalUsd},
                          std::pair{CostUnit::MillionOutputTokens, CostPart::TotalUsd},
                          std::pair{CostUnit::QueryPerSecond, CostPart::TotalUsd},
                          std::pair{CostUnit::MillionTokens, CostPart::TotalCarbon}};

/// All amounts with one input at an end of its range and the others in the middle.
struct Ends {
  CostAmounts low;
  CostAmounts high;
};

/// Equal but for rounding: an input that cancels, as the years do in what is spent over the years, moves nothing.
bool are_same(double a, double b) {
  constexpr double rounding = 1e-12;
  return std::abs(a - b) <= rounding * std::max(std::abs(a), std::abs(b));
}

/// With the middle in it, whatever was rounded.
ValueRange around(double mid, double low, double high) {
  return {are_same(low, mid) ? mid : std::min(low, mid), mid, are_same(high, mid) ? mid : std::max(high, mid)};
}

class Evaluation {
 public:
  Evaluation(const CostInputs& inputs, const AnsweredCounts& counts)
      : inputs_(inputs), counts_(counts), named_(named_inputs(inputs)), mid_(amounts({})) {
    for (const NamedInput& one : named_) ends_.push_back({with(one, one.low), with(one, one.high)});
  }

  CostRanges ranges() const {
    CostRanges ranges;
    for (const CostUnit unit : cost_units)
      for (const CostPart part : cost_parts)
        if (const std::optional<double>& mid = mid_.at(unit, part))
          ranges.at(unit, part) = around(*mid, at_end(unit, part, false), at_end(unit, part, true));
    return ranges;
  }

  std::vector<CostSwing> swings(CostUnit unit, CostPart part) const {
    std::vector<CostSwing> swings;
    for (std::size_t i = 0; i < named_.size(); ++i) {
      const double at_low = *ends_[i].low.at(unit, part), at_high = *ends_[i].high.at(unit, part);
      if (!are_same(at_low, at_high))
        swings.push_back({named_[i].name, named_[i].low, named_[i].high, at_low, at_high, named_[i].input->is_range()});
    }
    // Those that are equal but for rounding stay in the order of the inputs.
    const auto size = [](const CostSwing& swing) {
      constexpr double steps = 1e8;
      return std::round(std::log(std::abs(swing.at_high - swing.at_low)) * steps);
    };
    std::stable_sort(swings.begin(), swings.end(),
                     [&](const CostSwing& a, const CostSwing& b) { return size(a) > size(b); });
    return swings;
  }

  bool has(CostUnit unit, CostPart part) const { return mid_.at(unit, part).has_value(); }

 private:
  CostAmounts amounts(const InputValues& values) const { return cost_amounts(inputs_, counts_, values); }

  CostAmounts with(const NamedInput& one, double value) const {
    InputValues values;
    values.set(*one.input, value);
    return amounts(values);
  }

  /// With every input that has a range at the end that makes the amount large, or small: first as it is with the others
  /// in the middle, then with the others at their ends. Those may turn one around: whether it costs more to be busy
  /// depends on what the machine draws when it is not.
  double at_end(CostUnit unit, CostPart part, bool large) const {
    InputValues values;
    std::vector<const NamedInput*> ranged;
    for (std::size_t i = 0; i < named_.size(); ++i) {
      if (!named_[i].input->is_range()) continue;
      const bool grows = *ends_[i].high.at(unit, part) >= *ends_[i].low.at(unit, part);
      values.set(*named_[i].input, grows == large ? named_[i].high : named_[i].low);
      ranged.push_back(&named_[i]);
    }
    if (ranged.empty()) return *mid_.at(unit, part);
    double best = *amounts(values).at(unit, part);
    for (const NamedInput* one : ranged) {
      const double kept = values(*one->input);
      values.set(*one->input, kept == one->low ? one->high : one->low);
      const double other = *amounts(values).at(unit, part);
      if (large ? other > best : other < best)
        best = other;
      else
        values.set(*one->input, kept);
    }
    return best;
  }

  const CostInputs& inputs_;
  const AnsweredCounts& counts_;
  const std::vector<NamedInput> named_;
  const CostAmounts mid_;
  std::vector<Ends> ends_;
};

std::vector<std::string> missing(const CostInputs& inputs) {
  const CostSection& section = inputs.section;
  std::vector<std::string> lines;
  if (!inputs.run.energy_J)
    lines.emplace_back("energy: not said, nor what it costs and emits: there are devices that do not state theirs");
  const auto expect = [&lines](bool given, const std::string& line) {
    if (!given) lines.push_back(line);
  };
  if (!section.is_rented()) {
    const std::vector<std::string> without = inputs.machine.without_price();
    expect(without.empty(), "capital: not said: " + listed(without, without.size()));
    expect(section.years.has_value(), "capital: not said: cost.years is not given");
    expect(section.electricity_usd_per_kWh.has_value(),
           "energy in USD: not said: cost.electricity_usd_per_kWh is not given");
    expect(section.operation_share.has_value(),
           "operation: not said: cost.operation_share is not given; it is not in the total");
  } else {
    expect(section.years.has_value(), "per query per second: not said: cost.years is not given");
  }
  expect(section.carbon_g_per_kWh.has_value(), "carbon: not said: cost.carbon_g_per_kWh is not given");
  const std::vector<std::string> without = inputs.machine.without_carbon();
  expect(without.empty(), "embodied carbon: not said: " + listed(without, without.size()));
  expect(inputs.run.answered.prompt_tokens.has_value(), "prompt tokens: not said: the workload does not say how many");
  if (inputs.run.meeting && inputs.run.meeting->requests == 0)
    lines.push_back("at the goodput: not said: no request met the objectives");
  return lines;
}

/// The least and the most that a sum over the machine's parts comes to: it grows with all but nothing of its inputs.
std::optional<ValueRange> machine_usd(const CostInputs& inputs) {
  const PricedMachine& machine = inputs.machine;
  if (!machine.without_price().empty()) return std::nullopt;
  InputValues low, high;
  machine.for_each_input([&](const std::string&, const ValueRange& input, const ValueBounds&) {
    low.set(input, input.low);
    high.set(input, input.high);
  });
  return ValueRange{machine.usd(low), machine.usd({}), machine.usd(high)};
}

}  // namespace

CostReport cost_report(const CostInputs& inputs) {
  const RunFigures& run = inputs.run;
  CostReport report;
  report.machine_usd = machine_usd(inputs);
  report.years = inputs.section.years;
  report.utilisation = inputs.section.utilisation;
  report.pue = inputs.section.pue;
  report.idle_W = inputs.section.idle_W.value_or(ValueRange::of(inputs.machine.idle_W));
  report.missing = missing(inputs);
  if (run.time_s > 0) {
    if (run.energy_J) report.power_W = *run.energy_J / run.time_s;
    report.requests_per_s = static_cast<double>(run.answered.requests) / run.time_s;
  }
  const Evaluation evaluation(inputs, run.answered);
  report.all = evaluation.ranges();
  for (const auto& [unit, part] : told)
    if (evaluation.has(unit, part)) report.dependence.push_back({unit, part, evaluation.swings(unit, part)});
  if (run.meeting) {
    report.goodput_per_s = run.time_s > 0 ? static_cast<double>(run.meeting->requests) / run.time_s : 0;
    if (run.meeting->requests > 0) report.good = Evaluation(inputs, *run.meeting).ranges();
  }
  return report;
}

}  // namespace upmem_des
