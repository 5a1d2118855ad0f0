/// What devices of each profile do, operator by operator.
#pragma once

#include <cstddef>
#include <vector>

#include "upmem_des/cost/demand.hpp"
#include "upmem_des/platform/indices.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

struct PlatformSpec;

class OperatorUses {
 public:
  /// Devices with the same profile, under the cost model's ratings, belong together.
  explicit OperatorUses(const PlatformSpec& platform);

  /// The place of the work of events like this one, of the class at `event_class` (see EventClassTable), on devices
  /// like this one.
  std::size_t find(DeviceIndex device, std::size_t event_class, const LayerEvent& event, Phase phase);

  /// Adds so many pieces of work. A demand of nothing is none.
  void add(std::size_t place, const Demand& demand, std::int64_t pieces = 1);

  /// Puts architectures, operators, and the devices' architectures into `result`, whose devices are the platform's.
  void fill(SimulationResult& result) const;

 private:
  std::vector<ArchitectureResult> architectures_;
  std::vector<std::size_t> architecture_of_;      // by device
  std::vector<std::vector<std::size_t>> places_;  // by architecture and class: 1 + the place in uses_, 0 for none
  std::vector<OperatorUse> uses_;
};

}  // namespace upmem_des
