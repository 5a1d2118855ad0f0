#include "cost/power_limit.hpp"

namespace upmem_des {

namespace {

/// By how much the power of the step's work is above what the limit leaves for it; at most 1: it is not.
double excess(const Step& step, const Architecture& device) {
  const double time_s = step.time_s();
  if (!device.power_limit_W || time_s <= 0) return 0;
  const double energy_J = step.compute.energy_J + step.memory.energy_J + step.kv.energy_J;
  return energy_J / ((*device.power_limit_W - device.idle_W - device.active_W) * time_s);
}

}  // namespace

Step slowed_to_limit(Step step, const Architecture& device) {
  const double times = excess(step, device);
  if (times <= 1) return step;
  step.overhead_s *= times;
  for (Work* work : {&step.compute, &step.memory, &step.kv}) work->time_s *= times;
  return step;
}

Demand slowed_to_limit(const Demand& demand, const Architecture& device) {
  if (!device.power_limit_W || demand.size() == 0) return demand;
  const Step first = slowed_to_limit(demand[0], device);
  return demand.size() == 1 ? Demand(first) : Demand(first, slowed_to_limit(demand[1], device));
}

Step saved_to_limit(Step step, const Architecture& device) {
  const double times = excess(step, device);
  if (times <= 1) return step;
  for (Work* work : {&step.compute, &step.memory, &step.kv}) work->energy_J /= times;
  return step;
}

}  // namespace upmem_des
