#include "simulation/activities.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "simulation/communication.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

namespace {

/// How much later than now the clock will read after `time_s`: doubles are coarser far from 0 than near it.
double clock_span_s(double time_s) {
  const double now_s = s4u::Engine::get_clock();
  return now_s + time_s - now_s;
}

/// Arithmetic of `flop` from now on, lasting `time_s`.
s4u::ExecPtr start_exec(s4u::Host* host, double flop, double time_s) {
  const double span_s = clock_span_s(time_s);
  if (flop <= 0 || span_s <= 0) return nullptr;
  s4u::ExecPtr exec = s4u::Exec::init();
  exec->set_flops_amount(flop)->set_bound(flop / span_s)->set_host(host);
  exec->start();
  return exec;
}

/// The flop that draw the energy of one unit's part of a stretch.
double flop_of(const DeviceRatings& ratings, double power_W, double time_s, double energy_J, const s4u::Host* host) {
  if (time_s <= 0) return 0;
  return ratings.flops_per_s * load(time_s, energy_J, power_W, host->get_name()) * time_s;
}

}  // namespace

void Activities::start(DeviceIndex index, const Stretch& stretch, std::vector<s4u::ActivityPtr>& started) const {
  const SimDevice& device = machine_.device(index);
  const DeviceRatings& ratings = device.spec->ratings;
  const auto add = [&](const s4u::ActivityPtr& activity) {
    if (activity) started.push_back(activity);
  };
  add(start_exec(device.arithmetic,
                 flop_of(ratings, ratings.arithmetic_W, stretch.arithmetic_s, stretch.arithmetic_J, device.arithmetic),
                 stretch.arithmetic_s));
  add(start_exec(device.vector, flop_of(ratings, ratings.vector_W, stretch.vector_s, stretch.vector_J, device.vector),
                 stretch.vector_s));
  add(start_comm(device.arithmetic, device.arithmetic, memory_bytes_of(*device.spec, stretch)));
}

void Activities::run(DeviceIndex index, const Stretch& stretch) {
  const DeviceSpec& spec = *machine_.device(index).spec;
  if (const std::int64_t chunks = communications_of(memory_bytes_of(spec, stretch)); chunks > 1) {
    const Stretch chunk = stretch.divided_by(static_cast<double>(chunks));
    for (std::int64_t done = 0; done < chunks; ++done) run(index, chunk);
    return;
  }
  const double end_s = s4u::Engine::get_clock() + stretch.time_s;
  precision_.cover(end_s);
  std::vector<s4u::ActivityPtr> started;
  start(index, stretch, started);
  for (const s4u::ActivityPtr& activity : started) activity->wait();
  // Work that draws no energy, and the time before an event's work begins, pass without an activity.
  sleep_until(end_s);
}

void Activities::sleep_until(double time_s) {
  if (s4u::Engine::get_clock() >= time_s) return;
  precision_.cover(time_s);
  s4u::this_actor::sleep_until(time_s);
}

void Activities::run(const Transfer& transfer) {
  const SimDevice& device = machine_.device(transfer.device);
  const bool to_device = transfer.direction == Direction::HostToDevice;
  const RouteIndex index = route_of(*device.spec, transfer);
  const PlatformSpec& platform = machine_.spec();
  const RouteSpec& route = platform.routes[index];
  s4u::Host* from = to_device ? machine_.host().arithmetic : device.arithmetic;
  s4u::Host* to = to_device ? device.arithmetic : device.link_end;
  const double latency_s = platform.latency_s(route);
  const double time_s = transfer.bytes / platform.bandwidth_Bps(route);
  precision_.cover(s4u::Engine::get_clock() + latency_s + time_s);
  if (latency_s > 0) s4u::this_actor::sleep_for(latency_s);
  const std::int64_t chunks = communications_of(transfer.bytes);
  const double chunk_B = transfer.bytes / static_cast<double>(chunks);
  const double chunk_s = time_s / static_cast<double>(chunks);
  for (std::int64_t done = 0; done < chunks; ++done) {
    const double span_s = clock_span_s(chunk_s);
    if (span_s <= 0) continue;
    machine_.pace(index)->set_bandwidth(chunk_B * sim_bytes_per_byte / span_s);
    if (const s4u::CommPtr comm = start_comm(from, to, chunk_B)) comm->wait();
  }
}

RouteIndex route_of(const DeviceSpec& device, const Transfer& transfer) {
  return transfer.direction == Direction::HostToDevice ? *device.from_host : *device.to_host;
}

double transfer_energy_J(const PlatformSpec& platform, const Transfer& transfer) {
  const RouteSpec& route = platform.routes[route_of(platform.devices[transfer.device], transfer)];
  return transfer.bytes * platform.energy_J_per_byte(route);
}

double transfer_time_s(const PlatformSpec& platform, const Transfer& transfer) {
  const RouteSpec& route = platform.routes[route_of(platform.devices[transfer.device], transfer)];
  return platform.latency_s(route) + transfer.bytes / platform.bandwidth_Bps(route);
}

}  // namespace upmem_des
