#include "service/machine_windows.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

std::vector<InstancePlace> replicated_placements(std::size_t devices, std::size_t links, std::size_t replicas) {
  std::vector<InstancePlace> placements(replicas);
  for (std::size_t replica = 0; replica < replicas; ++replica) {
    InstancePlace& placement = placements[replica];
    placement.devices.push_back(host_device);
    for (std::size_t i = 1; i < devices; ++i) placement.devices.push_back(replica * (devices - 1) + i);
    for (std::size_t i = 0; i < links; ++i) placement.links.push_back(replica * links + i);
  }
  return placements;
}

MachineWindows::MachineWindows(std::size_t devices, std::size_t links, std::vector<InstancePlace> instances)
    : instances_(std::move(instances)) {
  window_.devices.resize(devices);
  window_.links_B.resize(links);
}

void MachineWindows::add(std::size_t instance, const StepCost& cost, double share) {
  const InstancePlace& placement = instances_[instance];
  for (std::size_t i = 0; i < cost.devices.size(); ++i)
    append(window_.devices[placement.devices[i]], cost.devices[i], share);
  for (std::size_t i = 0; i < cost.links_B.size(); ++i)
    if (cost.links_B[i] > 0) window_.links_B[placement.links[i]] += share * cost.links_B[i];
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
