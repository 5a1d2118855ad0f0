#include "simulation/result_collector.hpp"

#include "simulation/activities.hpp"
#include "simulation/event_costs.hpp"
#include "simulation/snapshot.hpp"

namespace upmem_des {

ResultCollector::ResultCollector(const PlatformSpec& platform) : platform_(platform), operators_(platform) {
  for (const DeviceSpec& device : platform.devices) {
    devices_.emplace_back();
    devices_.back().name = device.name;
  }
  links_ = link_results(platform);
}

void ResultCollector::add_transfers(const TransferList& transfers, Phase phase, EventCost& cost) {
  for (const Transfer& transfer : transfers) {
    const double time_s = transfer_time_s(platform_, transfer);
    const double energy_J = transfer_energy_J(platform_, transfer);
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
    for (const LinkIndex link : platform_.routes[route_of(platform_.devices[transfer.device], transfer)].links)
      links_[link].moved_B[static_cast<std::size_t>(phase)] += transfer.bytes;
  }
}

EventCost ResultCollector::add(const PlannedEvent& planned) {
  EventCost cost;
  add_transfers(planned.before, planned.phase, cost);
  for (const Step& step : planned.demand) cost.time_s += step.time_s();
  const BusyTimes work = add_demand(planned.demand, cost);
  devices_[planned.device].busy += work;
  add_transfers(planned.after, planned.phase, cost);

  PhaseSums& phase = phases_[static_cast<std::size_t>(planned.phase)];
  phase.busy += cost.busy;
  phase.moved += cost.moved;
  if (planned.event != nullptr) {
    ++phase.events;
    ++devices_[planned.device].events;
    const std::size_t place = classes_.find(*planned.event, planned.phase);
    operators_.add(planned.device, place, *planned.event, planned.phase, planned.demand);
    EventClass& sums = classes_.at(place);
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
  result.links = links_;
  result.event_classes = classes_.classes();
  operators_.fill(result);
}

}  // namespace upmem_des
