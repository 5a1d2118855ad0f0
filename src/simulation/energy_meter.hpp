/// What SimGrid's energy plugins have integrated so far.
#pragma once

#include <vector>

#include "simulation/machine.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

class EnergyMeter {
 public:
  struct Reading {
    std::vector<EnergyParts> devices;  ///< memory, compute and idle; links are apart
    std::vector<double> links_J;       ///< by LinkIndex
  };

  explicit EnergyMeter(const Machine& machine) : machine_(machine) {}

  /// Energy since the start.
  Reading read() const;

 private:
  const Machine& machine_;
};

}  // namespace upmem_des
