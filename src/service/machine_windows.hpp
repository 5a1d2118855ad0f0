/// What all instances do, as windows of the machine that they are parts of.
#pragma once

#include <cstddef>
#include <vector>

#include "service/step_cost.hpp"
#include "simulation/window.hpp"
#include "upmem_des/platform/indices.hpp"

namespace upmem_des {

/// Where an instance's devices and links are on the machine.
struct InstancePlace {
  std::vector<DeviceIndex> devices;  ///< by DeviceIndex of the instance's machine
  std::vector<LinkIndex> links;      ///< by LinkIndex of the instance's machine
};

/// Of each instance on the machine of replicated(), whose instances have so many devices, HOST included, and links.
std::vector<InstancePlace> replicated_placements(std::size_t devices, std::size_t links, std::size_t replicas);

/// Adds up parts of steps until a window is taken.
class MachineWindows {
 public:
  /// Sizes of the machine.
  MachineWindows(std::size_t devices, std::size_t links, std::vector<InstancePlace> instances);

  /// An instance does so large a share of a step.
  void add(std::size_t instance, const StepCost& cost, double share);

  /// So many bytes cross a link of the machine.
  void add_bytes(LinkIndex link, double moved_B) { window_.links_B[link] += moved_B; }

  /// What has been added since the last call is spread over the time from there to `end_s`, which is later.
  Window take(double end_s);

  double start_s() const { return start_s_; }

 private:
  const std::vector<InstancePlace> instances_;
  double start_s_ = 0;
  Window window_;
};

}  // namespace upmem_des
