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

// The sums of many events may pass a rating by rounding.
constexpr double rounding = 1e-9;

/// How much later than now the clock will read after `time_s`: doubles are coarser far from 0 than near it.
double clock_span_s(double time_s) {
  const double now_s = s4u::Engine::get_clock();
  return now_s + time_s - now_s;
}

/// The share of a resource's rated power at which `energy_J` is drawn in `time_s`. A resource without power says
/// nothing about its rate: it runs at full rate.
double load(double time_s, double energy_J, double power_W, const std::string& resource) {
  if (power_W <= 0) {
    if (energy_J > 0) throw SimulationError(resource + " draws energy but is rated at 0 W");
    return 1;
  }
  const double share = energy_J / (power_W * time_s);
  if (share > 1 + rounding)
    throw SimulationError(resource + " is asked for " + std::to_string(share) + " times its rated power");
  return share;
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

double bytes_of(const LinkSpec& link, double time_s, double energy_J) {
  if (time_s <= 0) return 0;
  return link.bandwidth_Bps * load(time_s, energy_J, link.power_W, link.name) * time_s;
}

}  // namespace

void Activities::run(DeviceIndex index, const Stretch& stretch) {
  const SimDevice& device = machine_.device(index);
  const double memory_B = bytes_of(device.spec->memory, stretch.memory_s, stretch.memory_J);
  if (const std::int64_t chunks = communications_of(memory_B); chunks > 1) {
    const Stretch chunk = stretch.divided_by(static_cast<double>(chunks));
    for (std::int64_t done = 0; done < chunks; ++done) run(index, chunk);
    return;
  }
  const DeviceRatings& ratings = device.spec->ratings;
  const double end_s = s4u::Engine::get_clock() + stretch.time_s;
  precision_.cover(end_s);
  const s4u::ExecPtr arithmetic =
      start_exec(device.arithmetic,
                 flop_of(ratings, ratings.arithmetic_W, stretch.arithmetic_s, stretch.arithmetic_J, device.arithmetic),
                 stretch.arithmetic_s);
  const s4u::ExecPtr vector =
      start_exec(device.vector, flop_of(ratings, ratings.vector_W, stretch.vector_s, stretch.vector_J, device.vector),
                 stretch.vector_s);
  const s4u::CommPtr memory = start_comm(device.arithmetic, device.arithmetic, memory_B);
  if (arithmetic) arithmetic->wait();
  if (vector) vector->wait();
  if (memory) memory->wait();
  // Work that draws no energy, and the time before an event's work begins, pass without an activity.
  sleep_until(end_s);
}

EnergyParts Activities::drawn(DeviceIndex index, const Stretch& stretch, double elapsed_s) const {
  const LinkSpec& link = machine_.device(index).spec->memory;
  const std::int64_t chunks = communications_of(bytes_of(link, stretch.memory_s, stretch.memory_J));
  const Stretch chunk = stretch.divided_by(static_cast<double>(chunks));
  const double ended =
      chunk.time_s > 0 ? std::min(std::floor(elapsed_s / chunk.time_s), static_cast<double>(chunks)) : 0;
  const double since_s = ended < static_cast<double>(chunks) ? elapsed_s - ended * chunk.time_s : 0;
  const auto part_J = [&](double all_J, double lasts_s) {
    return ended * all_J + (lasts_s > 0 ? all_J * std::min(1.0, since_s / lasts_s) : 0);
  };
  EnergyParts energy;
  energy.compute_J = part_J(chunk.arithmetic_J, chunk.arithmetic_s) + part_J(chunk.vector_J, chunk.vector_s);
  // Memory streams at full rate, for as long as its energy takes at full power.
  if (link.power_W > 0) energy.main_mem_J = part_J(chunk.memory_J, chunk.memory_J / link.power_W);
  return energy;
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
