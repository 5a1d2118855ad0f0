#include "simulation/task_timeline.hpp"

#include <simgrid/s4u.hpp>

#include "simulation/activity_records.hpp"
#include "upmem_des/platform/route_list.hpp"

namespace upmem_des {

void TaskTimeline::start(const Task& task, const EventTasks& event, double energy_J, double now_s) {
  ActivityRecord& record = under_way_[task.id];
  record.id = task.id;
  record.kind = task.kind == Task::Kind::Transfer ? ActivityKind::Transfer : ActivityKind::Compute;
  record.stream = task.kind == Task::Kind::Transfer ? task.route : task.device;
  record.event = event.is_event ? &event.event : nullptr;
  record.phase = event.phase;
  record.purpose = task.purpose;
  record.start_s = now_s;
  if (record.kind == ActivityKind::Transfer) {
    record.bytes = task.bytes;
    record.energy_J = energy_J;
  } else {
    describe(task.demand, record);
    record.kv_cache_B = task.kv_cache_B;
    record.activations_B = task.activations_B;
  }
  observer_.on_start(record);
}

void TaskTimeline::end(TaskId id, double now_s) {
  const auto found = under_way_.find(id);
  found->second.end_s = now_s;
  observer_.on_end(found->second);
  under_way_.erase(found);
}

void TaskTimeline::tell_arithmetic(TaskId id, const Step& step, double now_s) {
  upmem_des::tell_arithmetic(step, now_s, under_way_.at(id), observer_);
}

void TaskTimeline::tell_memory(TaskId id, const Step& step, double now_s) {
  upmem_des::tell_memory(step, now_s, under_way_.at(id), observer_);
}

void TaskTimeline::tell_port(const Task& task, std::int64_t event_step, double start_s, double time_s, double energy_J,
                             double bytes) {
  ResourceUse use;
  use.resource = Resource::Memory;
  use.index = task.device;
  use.activity = task.id;
  use.step = event_step;
  use.start_s = start_s;
  use.end_s = use.start_s + time_s;
  use.energy_J = energy_J;
  use.bytes = bytes;
  use.work_s = time_s;
  observer_.on_use(use);
}

void TaskTimeline::tell_moved(TaskId id, double since_s, double now_s, double bytes) {
  const ActivityRecord& record = under_way_.at(id);
  ResourceUse use;
  use.resource = Resource::Route;
  use.index = record.stream;
  use.activity = id;
  use.step = record.step();
  use.start_s = since_s;
  use.end_s = now_s;
  use.energy_J = record.energy_J * (bytes / record.bytes);
  use.bytes = bytes;
  observer_.on_use(use);
}

}  // namespace upmem_des
