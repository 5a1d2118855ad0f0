#include "simulation/run_sums.hpp"

#include "simulation/event_costs.hpp"
#include "simulation/snapshot.hpp"

namespace upmem_des {

namespace {

constexpr TransferKind kinds[] = {TransferKind::HostToDevice, TransferKind::DeviceToHost, TransferKind::DeviceToDevice};

std::size_t index_of(Phase phase) {
  return static_cast<std::size_t>(phase);
}

}  // namespace

RunSums::RunSums(const PlatformSpec& platform, const std::vector<RouteFigures>& routes, bool ideal_links)
    : platform_(platform),
      routes_(routes),
      ideal_links_(ideal_links),
      operators_(platform),
      devices_(platform.devices.size()),
      links_(link_results(platform)) {}

RunSums::Account RunSums::account_of(const EventTasks& tasks) {
  Account account;
  account.phase = tasks.phase;
  if (!tasks.is_event) return account;
  account.event = &tasks.event;
  account.place = classes_.find(tasks.event, tasks.phase);
  return account;
}

EventCost RunSums::add_work(const Account& account, DeviceIndex device, const Demand& demand, std::int64_t times) {
  EventCost cost;
  devices_[device].busy[index_of(account.phase)] += add_demand(demand, cost) * static_cast<double>(times);
  if (account.event != nullptr && demand.size() > 0)
    operators_.add(operators_.find(device, account.place, *account.event, account.phase), demand, times);
  return cost;
}

EventCost RunSums::add_transfer(const Account& account, const Task& transfer, std::int64_t times) {
  const RouteFigures& route = routes_[transfer.route];
  const std::size_t phase = index_of(account.phase);
  const double all_B = transfer.bytes * static_cast<double>(times);
  EventCost cost;
  moved_part(cost.moved, route.kind) = transfer.bytes;
  moved_part(phases_[phase].moved, route.kind) += all_B;
  for (const DeviceIndex device : route.counts_at) moved_part(devices_[device].moved, route.kind) += all_B;
  for (const LinkIndex link : platform_.routes[transfer.route].links) links_[link].moved_B[phase] += all_B;
  if (ideal_links_) return cost;
  busy_part(cost.busy, route.kind) =
      (transfer.pays_latency ? route.latency_s : 0) + transfer.bytes / route.bandwidth_Bps;
  cost.energy = route.energy_J_per_byte * transfer.bytes;
  return cost;
}

void RunSums::add_cost(const Account& account, const EventCost& cost) {
  if (account.event != nullptr) classes_.at(account.place).cost += cost;
}

void RunSums::count_events(const Account& account, std::int64_t events) {
  if (account.event == nullptr) return;
  phases_[index_of(account.phase)].events += events;
  classes_.at(account.place).count += events;
}

void RunSums::start_transfer(RouteIndex route, Phase phase, double time_s) {
  const RouteFigures& figures = routes_[route];
  for (const DeviceIndex device : figures.counts_at)
    devices_[device].transfers[static_cast<std::size_t>(figures.kind)].start(phase, time_s);
}

void RunSums::end_transfer(RouteIndex route, Phase phase, double time_s) {
  const RouteFigures& figures = routes_[route];
  for (const DeviceIndex device : figures.counts_at)
    devices_[device].transfers[static_cast<std::size_t>(figures.kind)].stop(phase, time_s);
}

void RunSums::fill(SimulationResult& result) const {
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
