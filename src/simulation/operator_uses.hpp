/// What devices of each profile do, operator by operator.
#pragma once

#include <cstddef>
#include <vector>

#include "cost/demand.hpp"
#include "platform/platform_spec.hpp"
#include "result/simulation_result.hpp"

namespace upmem_des {

class OperatorUses {
 public:
  /// Devices with the same profile, under the cost model's ratings, belong together.
  explicit OperatorUses(const PlatformSpec& platform);

  /// Adds work of an event of the class at `place`, see EventClassTable.
  void add(DeviceIndex device, std::size_t place, const LayerEvent& event, Phase phase, const Demand& demand);

  /// Puts architectures, operators, and the devices' architectures into `result`, whose devices are the platform's.
  void fill(SimulationResult& result) const;

 private:
  std::vector<ArchitectureResult> architectures_;
  std::vector<std::size_t> architecture_of_;      // by device
  std::vector<std::vector<std::size_t>> places_;  // by architecture and class: 1 + the place in uses_, 0 for none
  std::vector<OperatorUse> uses_;
};

}  // namespace upmem_des
