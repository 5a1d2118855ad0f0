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

/// The share of a resource's full rate at which `energy_J` is drawn in `time_s`. A resource without power says nothing
/// about its rate: it runs at full rate.
double load(double time_s, double energy_J, double power_W, const std::string& resource) {
  if (power_W <= 0) {
    if (energy_J > 0) throw SimulationError(resource + " draws energy but is rated at 0 W");
    return 1;
  }
  const double share = energy_J / (power_W * time_s);
  if (share > 1 + rounding)
    throw SimulationError(resource + " is asked for " + std::to_string(share) + " times its rated power");
  return std::min(share, 1.0);
}

s4u::ExecPtr start_exec(s4u::Host* host, double power_W, double time_s, double energy_J) {
  if (time_s <= 0) return nullptr;
  const double rate = host->get_speed() * load(time_s, energy_J, power_W, host->get_name());
  if (rate <= 0) return nullptr;
  s4u::ExecPtr exec = s4u::Exec::init();
  exec->set_flops_amount(rate * time_s)->set_bound(rate)->set_host(host);
  exec->start();
  return exec;
}

s4u::CommPtr start_comm(s4u::Host* from, s4u::Host* to, double rate_Bps, double size_B) {
  const double size = std::max(1.0, std::round(size_B * sim_bytes_per_byte));
  s4u::CommPtr comm = s4u::Comm::sendto_init();
  comm->set_rate(rate_Bps * sim_bytes_per_byte)->set_payload_size(static_cast<std::uint64_t>(size));
  comm->set_source(from)->set_destination(to);
  return comm;
}

/// The number of communications that a size is cut into, so that each fits SimGrid's 64 bits.
double chunks_of(double size_B) {
  constexpr double largest_B = 8e12;
  return std::max(1.0, std::ceil(size_B / largest_B));
}

/// The rate at which the memory port draws the wanted energy in the wanted time; 0 where there is nothing to draw.
double memory_rate_Bps(const DeviceSpec& device, const Stretch& stretch) {
  if (stretch.memory_s <= 0) return 0;
  const LinkSpec& link = device.memory;
  return link.bandwidth_Bps * load(stretch.memory_s, stretch.memory_J, link.power_W, link.name);
}

}  // namespace

void Activities::run_comm(s4u::Host* from, s4u::Host* to, const LinkSpec& link, double size_B) {
  const double chunks = chunks_of(size_B);
  precision_.cover(s4u::Engine::get_clock() + link.latency_s * chunks + size_B / link.bandwidth_Bps);
  for (double chunk = 0; chunk < chunks; ++chunk) start_comm(from, to, link.bandwidth_Bps, size_B / chunks)->wait();
}

void Activities::run(DeviceIndex index, const Stretch& stretch) {
  const SimDevice& device = machine_.device(index);
  const DeviceRatings& ratings = device.spec->ratings;
  const double memory_Bps = memory_rate_Bps(*device.spec, stretch);
  if (const double chunks = chunks_of(memory_Bps * stretch.memory_s); chunks > 1) {
    const Stretch chunk = stretch.divided_by(chunks);
    for (double done = 0; done < chunks; ++done) run(index, chunk);
    return;
  }
  const double end_s = s4u::Engine::get_clock() + stretch.time_s;
  precision_.cover(end_s);
  double covered_s = 0;
  const auto started = [&](const auto& activity, double time_s) {
    if (activity) covered_s = std::max(covered_s, time_s);
  };
  const s4u::ExecPtr arithmetic =
      start_exec(device.arithmetic, ratings.arithmetic_W, stretch.arithmetic_s, stretch.arithmetic_J);
  started(arithmetic, stretch.arithmetic_s);
  const s4u::ExecPtr vector = start_exec(device.vector, ratings.vector_W, stretch.vector_s, stretch.vector_J);
  started(vector, stretch.vector_s);
  s4u::CommPtr memory;
  if (memory_Bps > 0)
    memory = start_comm(device.arithmetic, device.arithmetic, memory_Bps, memory_Bps * stretch.memory_s);
  started(memory, stretch.memory_s);
  if (arithmetic) arithmetic->wait();
  if (vector) vector->wait();
  if (memory) memory->wait();
  // Work that draws no energy, and the time before an event's work begins, pass without an activity.
  if (covered_s < stretch.time_s) s4u::this_actor::sleep_until(end_s);
}

void Activities::run(const Transfer& transfer) {
  const SimDevice& device = machine_.device(transfer.device);
  const bool to_device = transfer.direction == Direction::HostToDevice;
  const LinkSpec& link = to_device ? *device.spec->from_host : *device.spec->to_host;
  s4u::Host* from = to_device ? machine_.host().arithmetic : device.arithmetic;
  s4u::Host* to = to_device ? device.arithmetic : device.link_end;
  run_comm(from, to, link, transfer.bytes);
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
