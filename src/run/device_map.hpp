/// The devices that a scenario's mapping names.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "architecture/catalogue.hpp"
#include "cost/cost_model.hpp"
#include "plan/mapping.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

using Warn = std::function<void(const std::string&)>;

struct DeviceMap {
  Mapping mapping;
  std::vector<Architecture> profiles;  ///< HOST first, then every device that is named, in the order of its first line
};

/// Resolves device names and flags. Throws InputError on an unknown device, with the nearest known one, and on unknown
/// flags; where the published tool's rules hold, unknown flags do nothing and are a warning.
DeviceMap build_device_map(const Scenario& scenario, const Catalogue& catalogue, const CostModel& model,
                           const Warn& warn);

}  // namespace upmem_des
