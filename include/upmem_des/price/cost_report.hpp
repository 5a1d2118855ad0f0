/// What a run costs, with ranges and with what it depends on, as plain data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "upmem_des/price/cost_units.hpp"
#include "upmem_des/price/value_range.hpp"

namespace upmem_des {

struct CostInputs;

/// By unit and part, from the best to the worst that the inputs allow; none where it cannot be told.
using CostRanges = CostTable<ValueRange>;

/// One amount while one input goes from its low to its high value and all others stay in the middle.
struct CostSwing {
  std::string input;
  double low = 0;
  double high = 0;
  double at_low = 0;
  double at_high = 0;
  bool is_stated = false;  ///< is the range the user's? else it is 20 % to either side
};

/// Of one amount, the inputs that move it, those that move it most first.
struct CostDependence {
  CostUnit unit = CostUnit::MillionTokens;
  CostPart part = CostPart::TotalUsd;
  std::vector<CostSwing> swings;
};

/// What a run costs: machine and run as they were taken, then amounts.
struct CostReport {
  std::optional<ValueRange> machine_usd;
  std::optional<ValueRange> years;
  ValueRange utilisation = ValueRange::of(1);
  ValueRange pue = ValueRange::of(1);
  std::optional<double> power_W;  ///< of the machine while it is busy, at its own meter; none: devices do not state it
  ValueRange idle_W{};            ///< while it is not
  double requests_per_s = 0;
  CostRanges all;                       ///< at the throughput simulated
  std::optional<double> goodput_per_s;  ///< requests that met the objectives; none: there are no objectives
  std::optional<CostRanges> good;       ///< at the goodput
  std::vector<CostDependence> dependence;
  std::vector<std::string> missing;  ///< what could not be told, and why: "carbon: cost.carbon_g_per_kWh is not given"
};

/// The amounts are monotone in each input, so each has its least and its most at ends of the inputs' ranges.
CostReport cost_report(const CostInputs& inputs);

}  // namespace upmem_des
