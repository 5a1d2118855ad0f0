/// The inputs of a cost by name, as something to vary.
#pragma once

#include <string>
#include <vector>

#include "price/cost_formulas.hpp"

namespace upmem_des {

struct NamedInput {
  std::string name;                   ///< "years", "gpu.price_usd"
  const ValueRange* input = nullptr;  ///< in the CostInputs that it was listed from
  double low = 0;   ///< of its range; of an input without one, 20 % below, within what the input allows
  double high = 0;  ///< likewise, 20 % above
};

/// Those that have to do with the cost and are not nothing. Lasts as long as `inputs` stay where they are.
std::vector<NamedInput> named_inputs(const CostInputs& inputs);

}  // namespace upmem_des
