/// What stages cost.
#pragma once

#include <cstddef>

#include "plan/collectives/link_loads.hpp"

namespace upmem_des {

/// While nobody else uses the links, and all begin at once.
struct StagesCost {
  double fixed_s = 0;     ///< latencies and launches
  double per_byte_s = 0;  ///< of the tensor
  std::size_t sends = 0;

  double time_s(double bytes) const { return fixed_s + per_byte_s * bytes; }
};

/// Without inner collectives. A launch is paid once, by the devices and by the host.
StagesCost cost_of(const Group& group, const Stages& stages, double bytes_per_element);

/// Of all that a stage sends at once; what passes the host as it comes pays that of both ways.
double latency_s(const Group& group, const Stage& stage);

/// The group's devices that a team is of.
std::vector<DeviceIndex> devices_of(const Group& group, const Stage::Team& team);

}  // namespace upmem_des
