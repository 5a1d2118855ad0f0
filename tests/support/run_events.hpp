/// Simulates a stream of events, one after the other.
#pragma once

#include "plan/tasks/task_planner.hpp"
#include "simulation/simulator.hpp"
#include "trace/event_steps.hpp"

namespace upmem_des::test {

/// A pass ends with the layer "head".
inline SimulationResult run_events(EventSource& source, TaskRules rules, const SimulationOptions& options) {
  EventSteps steps(source);
  rules.last_layer = Name("head");
  rules.schedule = Schedule::Sequential;
  // One tensor for one device asks it, too; no group of these tests shares any.
  PlatformSpec platform = rules.platform;
  const CollectiveTable table(platform, {}, rules.bytes_per_element);
  if (rules.collectives == nullptr) rules.collectives = &table;
  rules.reuses_plans = options.observer == nullptr && options.watch.observer == nullptr;
  TaskPlanner planner(steps, rules, options.watch.memory);
  SimulationResult result = simulate(planner, rules.platform, options);
  result.events = planner.events();
  result.forward_passes = planner.forward_passes();
  return result;
}

}  // namespace upmem_des::test
