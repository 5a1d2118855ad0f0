/// From a scenario's mapping to the devices of its machine.
#pragma once

#include <functional>
#include <string>

#include "plan/mapping.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

struct PlatformSpec;

using Warn = std::function<void(const std::string&)>;

/// Finds every line's devices on the platform. Throws InputError on devices that it has not, on unknown flags and on a
/// flag m without a section moe; where the published tool's rules hold, the last two are warnings, and more than one
/// device a line, another order than one event after the other, or lines for experts, layers and phases are errors.
Mapping build_mapping(const Scenario& scenario, const PlatformSpec& platform, const CostModel& model, const Warn& warn);

}  // namespace upmem_des
