/// A machine and a run whose costs can be worked by hand.
#pragma once

#include "price/cost_formulas.hpp"

namespace upmem_des::test {

/// Two devices of 1,000 USD and 150 kg beside a host of 500 USD and 50 kg, used for two years and busy half of the
/// time: 100 W when idle. Ten seconds, 5,000 J, 4 requests of 300 tokens of prompts and 100 of outputs; prompts take a
/// fifth of the time and two fifths of the energy. PUE 1.2, 0.1 USD and 400 g a kWh, operation a fifth of the capital.
CostInputs sample_inputs();

}  // namespace upmem_des::test
