#include "simulation/activities.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "simulation/simgrid_compat.hpp"
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

/// A communication of `size_B` bytes from now on, as fast as the links of its route allow.
s4u::CommPtr start_comm(s4u::Host* from, s4u::Host* to, double size_B) {
  if (size_B <= 0) return nullptr;
  s4u::CommPtr comm = s4u::Comm::sendto_init();
  comm->set_payload_size(static_cast<std::uint64_t>(std::max(1.0, std::round(size_B * sim_bytes_per_byte))));
  comm->set_source(from)->set_destination(to);
  return comm;
}

/// The number of communications that a size is cut into, so that each fits SimGrid's 64 bits.
std::int64_t chunks_of(double size_B) {
  constexpr double largest_B = 8e12;
  return std::max(std::int64_t{1}, static_cast<std::int64_t>(std::ceil(size_B / largest_B)));
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
  if (const std::int64_t chunks = chunks_of(memory_B); chunks > 1) {
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
  if (s4u::Engine::get_clock() < end_s) s4u::this_actor::sleep_until(end_s);
}

void Activities::run(const Transfer& transfer) {
  const SimDevice& device = machine_.device(transfer.device);
  const bool to_device = transfer.direction == Direction::HostToDevice;
  const LinkSpec& spec = to_device ? *device.spec->from_host : *device.spec->to_host;
  const SimLink& link = to_device ? device.from_host : device.to_host;
  s4u::Host* from = to_device ? machine_.host().arithmetic : device.arithmetic;
  s4u::Host* to = to_device ? device.arithmetic : device.link_end;
  const double time_s = transfer.bytes / spec.bandwidth_Bps;
  precision_.cover(s4u::Engine::get_clock() + spec.latency_s + time_s);
  if (spec.latency_s > 0) s4u::this_actor::sleep_for(spec.latency_s);
  const std::int64_t chunks = chunks_of(transfer.bytes);
  const double chunk_B = transfer.bytes / static_cast<double>(chunks);
  const double chunk_s = time_s / static_cast<double>(chunks);
  for (std::int64_t done = 0; done < chunks; ++done) {
    const double span_s = clock_span_s(chunk_s);
    if (span_s <= 0) continue;
    link.pace->set_bandwidth(chunk_B * sim_bytes_per_byte / span_s);
    if (const s4u::CommPtr comm = start_comm(from, to, chunk_B)) comm->wait();
  }
}

Stretch Stretch::divided_by(double parts) const {
  return {time_s / parts,       arithmetic_J / parts, vector_J / parts, memory_J / parts,
          arithmetic_s / parts, vector_s / parts,     memory_s / parts};
}

double transfer_energy_J(const DeviceSpec& device, const Transfer& transfer) {
  const Architecture& profile = device.architecture;
  const Port& port = transfer.direction == Direction::HostToDevice ? profile.host_to_device : profile.device_to_host;
  return transfer.bytes * port.energy_J_per_byte;
}

double transfer_time_s(const DeviceSpec& device, const Transfer& transfer) {
  const LinkSpec& link = transfer.direction == Direction::HostToDevice ? *device.from_host : *device.to_host;
  return link.latency_s + transfer.bytes / link.bandwidth_Bps;
}

}  // namespace upmem_des
