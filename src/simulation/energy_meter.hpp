/// What SimGrid's energy plugins have integrated so far.
#pragma once

#include <vector>

#include "result/simulation_result.hpp"
#include "simulation/machine.hpp"

namespace upmem_des {

class EnergyMeter {
 public:
  explicit EnergyMeter(const Machine& machine) : machine_(machine) {}

  /// Energy of each device since the start, by part.
  std::vector<EnergyParts> read() const;

 private:
  const Machine& machine_;
};

}  // namespace upmem_des
