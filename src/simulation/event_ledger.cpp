#include "simulation/event_ledger.hpp"

#include <algorithm>
#include <simgrid/s4u.hpp>
#include <tuple>
#include <utility>

#include "simulation/event_costs.hpp"
#include "simulation/snapshot.hpp"

namespace upmem_des {

namespace {

constexpr TransferKind kinds[] = {TransferKind::HostToDevice, TransferKind::DeviceToHost, TransferKind::DeviceToDevice};

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

void add_scaled(EnergyParts& sum, const EnergyParts& each, double times) {
  sum.host_to_device_J += each.host_to_device_J * times;
  sum.device_to_host_J += each.device_to_host_J * times;
  sum.device_to_device_J += each.device_to_device_J * times;
}

}  // namespace

EventLedger::EventLedger(const PlatformSpec& platform, const std::vector<RouteFigures>& routes, bool ideal_links,
                         EventObserver* observer)
    : platform_(platform),
      routes_(routes),
      ideal_links_(ideal_links),
      observer_(observer),
      operators_(platform),
      devices_(platform.devices.size()),
      links_(link_results(platform)) {}

void EventLedger::add_compute(const Task& task, EventEntry& event) {
  DeviceSums& device = devices_[task.device];
  device.busy[static_cast<std::size_t>(event.tasks.phase)] += add_demand(task.demand, event.cost);
  if (!event.tasks.is_event) return;
  if (task.demand.size() > 0)
    operators_.add(operators_.find(task.device, event.place, event.tasks.event, event.tasks.phase), task.demand);
  if (!event.tasks.counts || device.last_event == planned_) return;
  device.last_event = planned_;
  ++device.events;
}

void EventLedger::add_transfer(const Task& task, EventEntry& event) {
  const RouteFigures& route = routes_[task.route];
  const auto phase = static_cast<std::size_t>(event.tasks.phase);
  moved_part(event.cost.moved, route.kind) += task.bytes;
  for (const DeviceIndex device : route.counts_at) moved_part(devices_[device].moved, route.kind) += task.bytes;
  for (const LinkIndex link : platform_.routes[task.route].links) links_[link].moved_B[phase] += task.bytes;
  if (ideal_links_) return;
  busy_part(event.cost.busy, route.kind) +=
      (task.pays_latency ? route.latency_s : 0) + task.bytes / route.bandwidth_Bps;
  add_scaled(event.cost.energy, route.energy_J_per_byte, task.bytes);
}

EventEntry& EventLedger::plan(EventTasks tasks) {
  drop_recorded();
  EventEntry* const before = events_.empty() ? nullptr : &events_.back();
  EventEntry& event = events_.emplace_back();
  if (before != nullptr) before->next = &event;
  event.tasks = std::move(tasks);
  event.left = static_cast<std::int64_t>(event.tasks.tasks.size());
  if (event.tasks.is_event) event.place = classes_.find(event.tasks.event, event.tasks.phase);
  for (const Task& task : event.tasks.tasks) {
    if (task.kind == Task::Kind::Compute)
      add_compute(task, event);
    else if (task.kind == Task::Kind::Transfer)
      add_transfer(task, event);
  }
  PhaseSums& phase = phases_[static_cast<std::size_t>(event.tasks.phase)];
  phase.moved += event.cost.moved;
  if (event.tasks.is_event) {
    if (event.tasks.counts) {
      ++phase.events;
      ++classes_.at(event.place).count;
    }
  }
  ++planned_;
  if (event.left == 0 && (before == nullptr || before->recorded)) record(event, {0, now_s(), now_s(), 0});
  return event;
}

void EventLedger::start(EventEntry& event, double time_s) {
  event.start_s = event.started ? std::min(event.start_s, time_s) : time_s;
  event.started = true;
}

void EventLedger::end(EventEntry& event, const EndedTask& task) {
  // A join ends with the task that it waited for, but says less of how long the event took.
  if (std::tie(task.end_s, task.lasted_s) > std::tie(event.last.end_s, event.last.lasted_s)) event.last = task;
  if (--event.left > 0) return;
  record(event, event.last);
  for (EventEntry* next = event.next; next != nullptr && next->left == 0 && !next->recorded; next = next->next)
    record(*next, event.last);
  drop_recorded();
}

void EventLedger::drop_recorded() {
  while (!events_.empty() && events_.front().recorded) events_.pop_front();
}

void EventLedger::record(EventEntry& event, const EndedTask& last) {
  event.recorded = true;
  if (!event.started) event.start_s = last.end_s;
  event.cost.time_s = event.started ? last.start_s - event.start_s + last.lasted_s : 0;
  const EventTasks& tasks = event.tasks;
  if (tasks.is_event) classes_.at(event.place).cost += event.cost;
  if (observer_ != nullptr)
    observer_->on_event(
        {tasks.is_event ? &tasks.event : nullptr, tasks.devices, tasks.phase, event.start_s, last.end_s, event.cost});
}

void EventLedger::start_transfer(RouteIndex route, Phase phase) {
  const RouteFigures& figures = routes_[route];
  for (const DeviceIndex device : figures.counts_at)
    devices_[device].transfers[static_cast<std::size_t>(figures.kind)].start(phase, now_s());
}

void EventLedger::end_transfer(RouteIndex route, Phase phase) {
  const RouteFigures& figures = routes_[route];
  for (const DeviceIndex device : figures.counts_at)
    devices_[device].transfers[static_cast<std::size_t>(figures.kind)].stop(phase, now_s());
}

void EventLedger::fill(SimulationResult& result) const {
  for (std::size_t p = 0; p < phase_count; ++p) {
    result.phases[p].busy = BusyTimes();
    result.phases[p].moved = phases_[p].moved;
    result.phases[p].events = phases_[p].events;
  }
  result.devices.clear();
  for (DeviceIndex i = 0; i < devices_.size(); ++i) {
    const DeviceSums& sums = devices_[i];
    DeviceResult device;
    device.name = platform_.devices[i].name;
    device.moved = sums.moved;
    device.events = sums.events;
    for (std::size_t p = 0; p < phase_count; ++p) {
      BusyTimes busy = sums.busy[p];
      for (const TransferKind kind : kinds)
        busy_part(busy, kind) = sums.transfers[static_cast<std::size_t>(kind)].total_s(static_cast<Phase>(p));
      device.busy += busy;
      result.phases[p].busy += busy;
    }
    result.devices.push_back(std::move(device));
  }
  result.links = links_;
  result.event_classes = classes_.classes();
  operators_.fill(result);
}

}  // namespace upmem_des
