#include "simulation/sequential_timeline.hpp"

#include "simulation/activities.hpp"

namespace upmem_des {

void SequentialTimeline::add(const PlannedEvent& planned) {
  add(planned.before, planned, planned.event != nullptr ? "input" : "result");
  if (planned.event != nullptr) {
    memory_.add(planned.device, *planned.event, *planned.event);
    if (planned.demand->size() > 0) add_compute(planned);
  }
  add(planned.after, planned, "output");
}

ActivityRecord SequentialTimeline::record_of(const PlannedEvent& planned, ActivityKind kind) {
  ActivityRecord record;
  record.id = next_id_++;
  record.kind = kind;
  record.event = planned.event;
  record.phase = planned.phase;
  record.start_s = now_s_;
  return record;
}

void SequentialTimeline::add(const TransferList& transfers, const PlannedEvent& planned, const char* purpose) {
  for (const Transfer& transfer : transfers) {
    ActivityRecord record = record_of(planned, ActivityKind::Transfer);
    record.stream = route_of(platform_.devices[transfer.device], transfer);
    record.purpose = purpose;
    record.bytes = transfer.bytes;
    record.energy_J = transfer_energy_J(platform_, transfer);
    observer_.on_start(record);
    ResourceUse use;
    use.resource = Resource::Route;
    use.index = record.stream;
    use.activity = record.id;
    use.step = record.step();
    use.start_s = now_s_ + platform_.latency_s(platform_.routes[record.stream]);
    use.end_s = record.end_s = now_s_ + transfer_time_s(platform_, transfer);
    use.energy_J = record.energy_J;
    use.bytes = record.bytes;
    use.work_s = record.bytes / platform_.bandwidth_Bps(platform_.routes[record.stream]);
    observer_.on_use(use);
    now_s_ = record.end_s;
    observer_.on_end(record);
  }
}

void SequentialTimeline::add_compute(const PlannedEvent& planned) {
  ActivityRecord record = record_of(planned, ActivityKind::Compute);
  record.stream = planned.device;
  describe(*planned.demand, record);
  record.kv_cache_B = memory_.held()[planned.device].kv_cache_B;
  record.activations_B = memory_.activation_bytes(*planned.event);
  observer_.on_start(record);
  for (const Step& step : *planned.demand) {
    tell_arithmetic(step, now_s_, record, observer_);
    tell_memory(step, now_s_, record, observer_);
    now_s_ += step.time_s();
  }
  record.end_s = now_s_;
  observer_.on_end(record);
}

}  // namespace upmem_des
