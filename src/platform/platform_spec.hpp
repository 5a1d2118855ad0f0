/// The machine that a run is simulated on, as plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "architecture/architecture.hpp"
#include "architecture/device_ratings.hpp"

namespace upmem_des {

/// Index into PlatformSpec::devices.
using DeviceIndex = std::size_t;
inline constexpr DeviceIndex host_device = 0;

/// A link of one direction.
struct LinkSpec {
  std::string name;
  double bandwidth_Bps = 0;
  double latency_s = 0;
  double power_W = 0;  ///< at full bandwidth; in proportion below it
};

/// The host or an accelerator: arithmetic, a unit for operators of fixed time, and a memory port.
struct DeviceSpec {
  std::string name;  ///< "HOST", "PIM_AI_4chip"
  Architecture architecture;
  DeviceRatings ratings;
  LinkSpec memory;
  std::optional<LinkSpec> from_host;  ///< absent on HOST
  std::optional<LinkSpec> to_host;    ///< on HOST a link to itself, for rules that charge for one
};

/// HOST first, then the accelerators. Immutable once built.
struct PlatformSpec {
  std::vector<DeviceSpec> devices;
};

}  // namespace upmem_des
