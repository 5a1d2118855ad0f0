#include "simulation/activity_records.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// The end is that of the step at most: the same sum in another order may come out later by rounding, and then reach
/// into what follows.
void tell(Resource resource, const Step& step, double work_s, double energy_J, double bytes, double start_s,
          const ActivityRecord& of, ActivityObserver& observer) {
  if (work_s <= 0) return;
  ResourceUse use;
  use.resource = resource;
  use.index = of.stream;
  use.activity = of.id;
  use.step = of.step();
  use.start_s = start_s + step.overhead_s;
  use.end_s = std::min(use.start_s + work_s, start_s + step.time_s());
  use.energy_J = energy_J;
  use.bytes = bytes;
  use.work_s = work_s;
  observer.on_use(use);
}

}  // namespace

void describe(const Demand& demand, ActivityRecord& activity) {
  for (const Step& step : demand) {
    activity.energy_J += step.compute.energy_J + step.memory.energy_J + step.kv.energy_J;
    activity.flop += step.flop;
    activity.memory_bytes += step.memory_bytes + step.kv_bytes;
    activity.compute_s += step.compute.time_s;
    activity.memory_s += step.memory.time_s + step.kv.time_s;
  }
}

void tell_arithmetic(const Step& step, double start_s, const ActivityRecord& of, ActivityObserver& observer) {
  tell(Resource::Arithmetic, step, step.compute.time_s, step.compute.energy_J, 0, start_s, of, observer);
}

void tell_memory(const Step& step, double start_s, const ActivityRecord& of, ActivityObserver& observer) {
  tell(Resource::Memory, step, step.memory.time_s + step.kv.time_s, step.memory.energy_J + step.kv.energy_J,
       step.memory_bytes + step.kv_bytes, start_s, of, observer);
}

}  // namespace upmem_des
