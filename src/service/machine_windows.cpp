#include "service/machine_windows.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

MachineWindows::MachineWindows(std::size_t devices, std::size_t links, std::size_t replicas)
    : devices_(devices), links_(links) {
  window_.devices.resize(1 + replicas * (devices - 1));
  window_.links_B.resize(replicas * links);
}

void MachineWindows::add(std::size_t instance, const StepCost& cost, double share) {
  append(window_.devices[0], cost.devices[0], share);
  for (std::size_t i = 1; i < devices_; ++i)
    append(window_.devices[instance * (devices_ - 1) + i], cost.devices[i], share);
  for (std::size_t i = 0; i < links_; ++i) window_.links_B[instance * links_ + i] += share * cost.links_B[i];
}

Window MachineWindows::take(double end_s) {
  Window taken;
  taken.devices.resize(window_.devices.size());
  taken.links_B.resize(window_.links_B.size());
  std::swap(taken, window_);
  taken.start_s = std::exchange(start_s_, end_s);
  taken.end_s = end_s;
  for (Stretch& device : taken.devices) {
    device.time_s = end_s - taken.start_s;
    // Parts of steps add up to the time by rounding; those of several instances share HOST.
    device.active_s = std::min(device.active_s, device.time_s);
    device = spread(device);
  }
  return taken;
}

}  // namespace upmem_des
