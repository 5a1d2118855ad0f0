#include "simulation/activities.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "simulation/exactness.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

namespace {

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

void Activities::start(DeviceIndex index, const Stretch& stretch, std::vector<s4u::ActivityPtr>& started) {
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
  if (device.active != nullptr) add(start_exec(device.active, ratings.flops_per_s * stretch.active_s, stretch.time_s));
  const double memory_B = memory_bytes_of(*device.spec, stretch);
  if (memory_B <= 0) return;
  // Bytes stand for energy and need not be whole: of many small steps the roundings would add up, so each is made good.
  double& uncounted_B = uncounted_B_[index];
  const double wanted_B = memory_B + uncounted_B;
  uncounted_B = wanted_B > 0 ? wanted_B - counted_bytes(wanted_B) : wanted_B;
  add(start_comm(device.arithmetic, device.arithmetic, wanted_B));
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

void Activities::run(DeviceIndex device, PeakPower::Lane lane, const Stretch& stretch, PeakPower& peaks) {
  peaks.start_work(device, lane, stretch, s4u::Engine::get_clock());
  run(device, stretch);
  peaks.end_work(device, lane, s4u::Engine::get_clock());
}

void Activities::sleep_until(double time_s) {
  if (s4u::Engine::get_clock() >= time_s) return;
  precision_.cover(time_s);
  s4u::this_actor::sleep_until(time_s);
}

}  // namespace upmem_des
