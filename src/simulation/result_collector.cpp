#include "simulation/result_collector.hpp"

#include "simulation/activities.hpp"

namespace upmem_des {

ResultCollector::ResultCollector(const PlatformSpec& platform) : platform_(platform) {
  for (const DeviceSpec& device : platform.devices) {
    devices_.emplace_back();
    devices_.back().name = device.name;
  }
}

void ResultCollector::add_transfers(const TransferList& transfers, EventCost& cost) {
  for (const Transfer& transfer : transfers) {
    const DeviceSpec& device = platform_.devices[transfer.device];
    const double time_s = transfer_time_s(device, transfer);
    const double energy_J = transfer_energy_J(device, transfer);
    BusyTimes busy;
    MovedBytes moved;
    if (transfer.direction == Direction::HostToDevice) {
      busy.host_to_device_s = time_s;
      moved.host_to_device_B = transfer.bytes;
      cost.energy.host_to_device_J += energy_J;
    } else {
      busy.device_to_host_s = time_s;
      moved.device_to_host_B = transfer.bytes;
      cost.energy.device_to_host_J += energy_J;
    }
    cost.time_s += time_s;
    cost.busy += busy;
    cost.moved += moved;
    devices_[transfer.device].busy += busy;
    devices_[transfer.device].moved += moved;
  }
}

EventClass& ResultCollector::event_class(const PlannedEvent& planned) {
  const LayerEvent& event = *planned.event;
  const std::uint64_t key = (std::uint64_t{event.type.index()} << 32U) | event.name.index();
  const auto [entry, is_new] = class_of_[static_cast<std::size_t>(planned.phase)].emplace(key, classes_.size());
  if (is_new) {
    classes_.emplace_back();
    classes_.back().kind = event.kind;
    classes_.back().type = event.type;
    classes_.back().name = event.name;
    classes_.back().phase = planned.phase;
  }
  return classes_[entry->second];
}

EventCost ResultCollector::add(const PlannedEvent& planned) {
  EventCost cost;
  add_transfers(planned.before, cost);
  BusyTimes work;
  for (const Step& step : planned.demand) {
    cost.time_s += step.time_s();
    work.compute_s += step.compute.time_s;
    work.mem_transfer_s += step.memory.time_s;
    work.kv_load_s += step.kv.time_s;
    cost.energy.compute_J += step.compute.energy_J;
    cost.energy.main_mem_J += step.memory.energy_J + step.kv.energy_J;
    cost.flop += step.flop;
    cost.memory_bytes += step.memory_bytes + step.kv_bytes;
  }
  cost.busy += work;
  devices_[planned.device].busy += work;
  add_transfers(planned.after, cost);

  PhaseSums& phase = phases_[static_cast<std::size_t>(planned.phase)];
  phase.busy += cost.busy;
  phase.moved += cost.moved;
  if (planned.event != nullptr) {
    ++phase.events;
    ++devices_[planned.device].events;
    EventClass& sums = event_class(planned);
    ++sums.count;
    sums.cost += cost;
  }
  return cost;
}

void ResultCollector::fill(SimulationResult& result) const {
  for (std::size_t i = 0; i < phase_count; ++i) {
    result.phases[i].busy = phases_[i].busy;
    result.phases[i].moved = phases_[i].moved;
    result.phases[i].events = phases_[i].events;
  }
  result.devices = devices_;
  result.event_classes = classes_;
}

}  // namespace upmem_des
