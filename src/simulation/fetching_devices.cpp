#include "simulation/fetching_devices.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

TaskId id_of(const LoadedStep::At& at) {
  return at.step->first_id + at.step->piece(at.piece).task;
}

const Demand& demand_of(const LoadedStep::At& at) {
  return at.step->demand(at.step->piece(at.piece).parts.front().slot);
}

}  // namespace

FetchingDevices::FetchingDevices(const PlatformSpec& platform, const FetchRules& rules, PeakPower& peaks,
                                 StepWatcher* watcher)
    : platform_(platform), peaks_(peaks), watcher_(watcher) {
  devices_.reserve(platform.devices.size());
  for (const DeviceSpec& device : platform.devices)
    devices_.push_back(Device(PortSchedule(device, rules, watcher != nullptr)));
}

void FetchingDevices::add(At at, double now_s) {
  Device& device = device_of(at);
  device.line.push_back(at);
  device.port.add(id_of(at), demand_of(at), now_s);
  tell(at.step->piece(at.piece).stream, now_s);
}

PortSchedule::Run FetchingDevices::start(At at, double now_s) {
  Device& device = device_of(at);
  device.is_running = true;
  device.since_s = now_s;
  device.told = Stretch();
  device.run = device.port.start(demand_of(at), now_s);
  double start_s = now_s;
  for (const Step& step : demand_of(at)) {
    if (const Stretch stretch = arithmetic_of(step); !stretch.empty()) {
      device.turns.push_back({start_s, stretch});
      device.turns.push_back({start_s + stretch.time_s, std::nullopt});
    }
    start_s = now_s + device.run.second_step_s;
  }
  tell(at.step->piece(at.piece).stream, now_s);
  return device.run;
}

double FetchingDevices::end(At at, double now_s) {
  Device& device = device_of(at);
  Stretch all;
  for (const Step& step : demand_of(at)) append(all, arithmetic_of(step));
  append(device.done, all - device.told);
  device.is_running = false;
  // By rounding they may be a digit late.
  for (Turn& turn : device.turns) turn.time_s = now_s;
  device.port.end(now_s);
  tell(at.step->piece(at.piece).stream, now_s);
  device.line.pop_front();
  return device.run.lasts_s;
}

Stretch FetchingDevices::take(DeviceIndex index, double now_s) {
  Device& device = devices_[index];
  if (device.is_running) {
    // What of the arithmetic of the task that runs has been drawn by now.
    Stretch by_now;
    double start_s = device.since_s;
    for (const Step& step : demand_of(device.line.front())) {
      if (now_s > start_s) append(by_now, drawn(platform_.devices[index], arithmetic_of(step), now_s - start_s));
      start_s = device.since_s + device.run.second_step_s;
    }
    append(device.done, by_now - device.told);
    device.told = by_now;
  }
  Stretch taken;
  std::swap(taken, device.done);
  taken.memory_J = device.port.take_J(now_s);
  count_active(device, now_s);
  taken.active_s = std::exchange(device.active_s, 0);
  return taken;
}

double FetchingDevices::look_at_s(DeviceIndex index, double now_s) const {
  const Device& device = devices_[index];
  const double change_s = device.port.next_change_s(now_s);
  return device.turns.empty() ? change_s : std::min(change_s, device.turns.front().time_s);
}

void FetchingDevices::look(DeviceIndex device, double now_s) {
  devices_[device].port.advance(now_s);
  tell(device, now_s);
}

void FetchingDevices::tell_peaks(DeviceIndex index, double now_s) {
  Device& device = devices_[index];
  for (; !device.turns.empty() && device.turns.front().time_s <= now_s; device.turns.pop_front()) {
    if (device.turns.front().begins)
      peaks_.start_work(index, PeakPower::Lane::Tasks, *device.turns.front().begins, now_s);
    else
      peaks_.end_work(index, PeakPower::Lane::Tasks, now_s);
  }
  const std::optional<PortSchedule::Use> present = device.port.present(now_s);
  if (present == device.memory) return;
  if (device.memory) peaks_.end_work(index, PeakPower::Lane::Port, now_s);
  if (present) peaks_.start_work(index, PeakPower::Lane::Port, memory_stretch(present->part.work), now_s);
  device.memory = present;
}

/// From now on it has work where a task runs or its memory is used.
void FetchingDevices::count_active(Device& device, double now_s) {
  if (device.has_work) device.active_s += now_s - device.counted_to_s;
  device.counted_to_s = now_s;
  device.has_work = device.is_running || device.memory;
}

void FetchingDevices::tell(DeviceIndex index, double now_s) {
  tell_peaks(index, now_s);
  count_active(devices_[index], now_s);
  if (watcher_ == nullptr) return;
  Device& device = devices_[index];
  for (const PortSchedule::Use& use : device.port.take_uses()) {
    const auto of =
        std::find_if(device.line.begin(), device.line.end(), [&](const At& at) { return id_of(at) == use.part.task; });
    watcher_->used_memory(of->step->watched_of(of->piece), use.start_s, use.part.work, use.part.bytes);
  }
  const double known_to_s = device.port.known_to_s();
  if (known_to_s != device.known_to_s) watcher_->fetching(index, known_to_s);
  device.known_to_s = known_to_s;
}

}  // namespace upmem_des
