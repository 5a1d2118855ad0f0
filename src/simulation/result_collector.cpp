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

void ResultCollector::open(Kind& kind, const PlannedEvent& planned) {
  kind.device = planned.device;
  kind.phase = planned.phase;
  kind.demand = *planned.demand;
  kind.cost = EventCost();
  kind.cost.time_s = kind.demand.time_s();
  add_demand(kind.demand, kind.cost);
  kind.event_class = classes_.find(*planned.event, planned.phase);
  if (kind.demand.size() > 0)
    kind.use = operators_.find(planned.device, kind.event_class, *planned.event, planned.phase);
}

void ResultCollector::close(Kind& kind) {
  if (kind.events == 0) return;
  const EventCost cost = kind.cost * static_cast<double>(kind.events);
  PhaseSums& phase = phases_[static_cast<std::size_t>(kind.phase)];
  phase.busy += cost.busy;
  phase.events += kind.events;
  devices_[kind.device].busy += cost.busy;
  devices_[kind.device].events += kind.events;
  operators_.add(kind.use, kind.demand, kind.events);
  EventClass& sums = classes_.at(kind.event_class);
  sums.count += kind.events;
  sums.cost += cost;
  kind.events = 0;
}

const EventCost& ResultCollector::add(const PlannedEvent& planned) {
  Kind* kind = nullptr;
  if (planned.event != nullptr) {
    if (planned.kind >= kinds_.size()) kinds_.resize(planned.kind + 1);
    kind = &kinds_[planned.kind];
    if (!planned.repeats) {
      close(*kind);
      open(*kind, planned);
    }
    ++kind->events;
    if (planned.before.empty() && planned.after.empty()) return kind->cost;
  }
  EventCost transfers;
  add_transfers(planned.before, planned.phase, transfers);
  add_transfers(planned.after, planned.phase, transfers);
  PhaseSums& phase = phases_[static_cast<std::size_t>(planned.phase)];
  phase.busy += transfers.busy;
  phase.moved += transfers.moved;
  if (kind != nullptr) {
    classes_.at(kind->event_class).cost += transfers;
    transfers += kind->cost;
  }
  return latest_ = transfers;
}

void ResultCollector::fill(SimulationResult& result) {
  for (Kind& kind : kinds_) close(kind);
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
