#include "plan/tasks/part_demand.hpp"

#include <algorithm>

#include "trace/parameters.hpp"

namespace upmem_des {

Demand part_demand(const TaskRules& rules, const LayerEvent& part, DeviceIndex device, const CostState& state) {
  Demand demand = rules.model.cost(part, rules.platform.devices[device].architecture, state);
  if (!rules.prefetch_weights || demand.size() == 0) return demand;
  Step first = demand[0];
  // What another device keeps is in no memory that it could be fetched from ahead.
  const double here = 1 - OffloadRules::share(rules.offload.weights, device);
  first.weight_bytes = here * std::min(first.memory_bytes, parameter_count(part) * rules.bytes_per_element);
  return demand.size() == 1 ? Demand(first) : Demand(first, demand[1]);
}

}  // namespace upmem_des
