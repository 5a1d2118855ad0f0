/// What a run on a machine costs, by unit and part.
#pragma once

#include <cstdint>
#include <optional>

#include "price/cost_section.hpp"
#include "price/priced_machine.hpp"
#include "upmem_des/price/cost_units.hpp"
#include "upmem_des/price/input_values.hpp"

namespace upmem_des {

using CostAmounts = CostTable<double>;

/// What was answered.
struct AnsweredCounts {
  std::int64_t requests = 0;
  std::optional<std::int64_t> prompt_tokens;  ///< none: not known
  std::int64_t output_tokens = 0;
};

/// A run of a machine that is busy: s, J and what it answered in that time.
struct RunFigures {
  double time_s = 0;
  std::optional<double> energy_J;  ///< none: the machine's devices do not state theirs
  AnsweredCounts answered;
  double prompt_time_share = 0;               ///< of `time_s`; the rest is that of output tokens
  double prompt_energy_share = 0;             ///< of `energy_J`, likewise
  std::optional<AnsweredCounts> meeting;      ///< of `answered`, what met the objectives; none: there are none
  ValueRange throughput = ValueRange::of(1);  ///< in parts of what was simulated, at the same power
  ValueRange power = ValueRange::of(1);       ///< in parts of what was simulated
};

struct CostInputs {
  CostSection section;
  PricedMachine machine;
  RunFigures run;
};

/// `counts` is what the run is taken to have answered: all, or what met the objectives. With
///     hours = share of the time x time / 3600 / utilisation, of which (1 - utilisation) at the idle power,
/// for each unit:
///     capital = price / (years x 8766) x hours            operation = capital x operation_share
///     rent = price an hour x hours                        energy = kWh x price of a kWh
///     kWh = PUE x (share of the energy + idle power x hours x 3600 x (1 - utilisation)) / 3.6e6
///     carbon = kWh x g/kWh + embodied g / (years x 8766) x hours
/// divided by the number of units; and of a query per second, a request's x years x 8766 x 3600 x utilisation.
CostAmounts cost_amounts(const CostInputs& inputs, const AnsweredCounts& counts, const InputValues& values);

}  // namespace upmem_des
