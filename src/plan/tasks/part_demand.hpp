/// What a part of an event asks of a device. Internal to the room.
#pragma once

#include "plan/tasks/task_rules.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

/// By the cost model; where weights are fetched ahead, with the bytes of its first step's memory work that are weights.
Demand part_demand(const TaskRules& rules, const LayerEvent& part, DeviceIndex device, const CostState& state);

}  // namespace upmem_des
