#include "simulation/device_times.hpp"

#include <algorithm>

#include "simulation/loaded_step.hpp"

namespace upmem_des {

namespace {

/// The first `elapsed_s` of a step that lasts for as long at least.
TimeUse use_of(const Step& step, double elapsed_s) {
  TimeUse use;
  use.overhead_s = std::min(step.overhead_s, elapsed_s);
  use.compute_s = std::min(step.compute.time_s, elapsed_s - use.overhead_s);
  use.memory_s = elapsed_s - use.overhead_s - use.compute_s;
  return use;
}

}  // namespace

void DeviceTimes::start_piece(DeviceIndex index, const LoadedStep& step, std::uint32_t piece, double now_s) {
  Device& device = devices_[index];
  start(device, now_s);
  device.step = &step;
  device.piece = piece;
}

void DeviceTimes::start_task(DeviceIndex index, const Demand& demand, double first_s, double now_s) {
  Device& device = devices_[index];
  start(device, now_s);
  device.task = demand;
  device.first_s = first_s;
}

void DeviceTimes::start(Device& device, double now_s) {
  pass(device, now_s);
  device.works = true;
  device.since_s = now_s;
  device.counted = TimeUse();
}

void DeviceTimes::end_piece(DeviceIndex index, double now_s) {
  Device& device = devices_[index];
  TimeUse whole;
  for (const auto& [slot, times] : device.step->piece(device.piece).totals)
    for (const Step& step : device.step->demand(slot)) whole += use_of(step, step.time_s()) * times;
  end(device, whole, now_s);
}

void DeviceTimes::end_task(DeviceIndex index, double lasted_s, double now_s) {
  Device& device = devices_[index];
  end(device, use_by(device, lasted_s), now_s);
}

void DeviceTimes::end(Device& device, const TimeUse& whole, double now_s) {
  device.use[phase_] += whole + device.counted * -1;
  device.works = false;
  device.step = nullptr;
  device.idle_s = now_s;
}

/// Counts communication up to now.
void DeviceTimes::pass(Device& device, double now_s) {
  if (!device.works && device.transfers > 0) device.use[phase_].communication_s += now_s - device.idle_s;
  device.idle_s = now_s;
}

void DeviceTimes::count_transfer(RouteIndex route, int more, double now_s) {
  const auto count = [&](DeviceIndex index) {
    pass(devices_[index], now_s);
    devices_[index].transfers += more;
  };
  const RouteSpec& ends = platform_.routes[route];
  count(ends.from);
  for (const DeviceIndex to : ends.to)
    if (to != ends.from) count(to);
}

/// Of the work that runs, for as long as it has run.
TimeUse DeviceTimes::use_by(const Device& device, double elapsed_s) {
  TimeUse use;
  if (device.step == nullptr) {
    const std::size_t steps = device.task.size();
    if (steps > 1 && elapsed_s > device.first_s)
      return use_of(device.task[0], device.first_s) + use_of(device.task[1], elapsed_s - device.first_s);
    return steps > 0 ? use_of(device.task[0], elapsed_s) : use;
  }
  for (const CompiledStep::Part& part : device.step->piece(device.piece).parts)
    for (const Step& step : device.step->demand(part.slot)) {
      const double passed_s = std::min(step.time_s(), elapsed_s);
      if (passed_s <= 0) return use;
      use += use_of(step, passed_s);
      elapsed_s -= passed_s;
    }
  return use;
}

void DeviceTimes::end_prefill(double now_s) {
  for (Device& device : devices_) {
    pass(device, now_s);
    if (!device.works || now_s <= device.since_s) continue;
    device.counted = use_by(device, now_s - device.since_s);
    device.use[phase_] += device.counted;
  }
  phase_ = 1;
}

void DeviceTimes::fill(SimulationResult& result) const {
  for (DeviceIndex i = 0; i < devices_.size(); ++i)
    for (std::size_t p = 0; p < phase_count; ++p) {
      TimeUse use = devices_[i].use[p];
      // Rounding of many sums may be beyond the clock's.
      for (double* part : {&use.compute_s, &use.memory_s, &use.overhead_s, &use.communication_s})
        *part = std::max(0.0, *part);
      use.waiting_s = 0;
      const double rest_s = result.phases[p].time_s - use.total_s();
      use.waiting_s = rest_s > 1e-12 * result.time_s ? rest_s : 0;
      result.devices[i].phase_use[p] = use;
    }
}

}  // namespace upmem_des
