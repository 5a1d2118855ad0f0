#include "simulation/run_sums.hpp"

#include <cstring>

#include "simulation/event_costs.hpp"
#include "simulation/snapshot.hpp"

namespace upmem_des {

namespace {

constexpr TransferKind kinds[] = {TransferKind::HostToDevice, TransferKind::DeviceToHost, TransferKind::DeviceToDevice};

std::size_t index_of(Phase phase) {
  return static_cast<std::size_t>(phase);
}

}  // namespace

RunSums::RunSums(const PlatformSpec& platform, const RouteFigureTable& routes, bool ideal_links)
    : platform_(platform),
      routes_(routes),
      ideal_links_(ideal_links),
      device_times_(platform),
      operators_(platform),
      devices_(platform.devices.size()),
      links_(link_results(platform)) {}

RunSums::Account RunSums::account_of(const LayerEvent& event, Phase phase) {
  return {phase, &event, classes_.find(event, phase)};
}

RunSums::Account RunSums::account_of_communication(const char* purpose, Phase phase) {
  const auto [found, is_new] = communications_.try_emplace(purpose);
  if (is_new) {
    found->second.kind = EventKind::Communication;
    found->second.type = Name(std::strcmp(purpose, step_overhead) == 0 ? "host" : "communication");
    found->second.name = Name(purpose);
  }
  return account_of(found->second, phase);
}

EventCost RunSums::add_work(const Account& account, DeviceIndex device, const Demand& demand, std::int64_t times) {
  EventCost cost;
  devices_[device].busy[index_of(account.phase)] += add_demand(demand, cost) * static_cast<double>(times);
  if (demand.size() > 0)
    operators_.add(operators_.find(device, account.place, *account.event, account.phase), demand, times);
  classes_.at(account.place).cost += cost * static_cast<double>(times);
  return cost;
}

EventCost RunSums::add_transfer(const Account& account, const Task& transfer, std::int64_t times) {
  const RouteFigures& route = routes_[transfer.route];
  const std::size_t phase = index_of(account.phase);
  const double all_B = transfer.bytes * static_cast<double>(times);
  EventCost cost;
  moved_part(cost.moved, route.kind) = transfer.bytes * route.arrives;
  moved_part(phases_[phase].moved, route.kind) += all_B * route.arrives;
  for (const RouteSpec::End& end : route.counts_at)
    moved_part(devices_[end.device].moved, route.kind) += all_B * end.moved;
  for (const LinkIndex link : platform_.routes[transfer.route].links) links_[link].moved_B[phase] += all_B;
  if (!ideal_links_) cost.energy = route.energy_J_per_byte * transfer.bytes;
  classes_.at(account.place).cost += cost * static_cast<double>(times);
  if (!ideal_links_) busy_part(cost.busy, route.kind) = transfer.latency_s + transfer.bytes / route.bandwidth_Bps;
  return cost;
}

void RunSums::add_time(const Account& account, double time_s) {
  classes_.at(account.place).cost.time_s += time_s;
}

void RunSums::count_events(const Account& account, std::int64_t events) {
  classes_.at(account.place).count += events;
  if (account.event->kind != EventKind::Communication) phases_[index_of(account.phase)].events += events;
}

/// Adds what has passed since the last change of the transfers of a kind at each of a route's ends.
void RunSums::count_busy(RouteIndex route, double time_s) {
  const RouteFigures& figures = routes_[route];
  for (const RouteSpec::End& end : figures.counts_at) {
    BusyClock& clock = devices_[end.device].transfers[static_cast<std::size_t>(figures.kind)];
    clock.pass(time_s, [&](std::size_t place, double passed_s) {
      busy_part(classes_.at(place).cost.busy, figures.kind) += passed_s;
    });
  }
}

void RunSums::start_transfer(RouteIndex route, const Account& account, double time_s) {
  device_times_.start_transfer(route, time_s);
  count_busy(route, time_s);
  const RouteFigures& figures = routes_[route];
  for (const RouteSpec::End& end : figures.counts_at)
    devices_[end.device].transfers[static_cast<std::size_t>(figures.kind)].start(account.phase, account.place);
}

void RunSums::end_transfer(RouteIndex route, const Account& account, double time_s) {
  device_times_.end_transfer(route, time_s);
  count_busy(route, time_s);
  const RouteFigures& figures = routes_[route];
  for (const RouteSpec::End& end : figures.counts_at)
    devices_[end.device].transfers[static_cast<std::size_t>(figures.kind)].stop(account.phase, account.place);
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
