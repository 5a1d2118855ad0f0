/// What all instances do, as windows of the machine that they are parts of.
#pragma once

#include <cstddef>

#include "service/step_cost.hpp"
#include "simulation/window.hpp"

namespace upmem_des {

/// Adds up parts of steps until a window is taken. The machine is that of replicated().
class MachineWindows {
 public:
  /// Sizes of an instance's machine.
  MachineWindows(std::size_t devices, std::size_t links, std::size_t replicas);

  /// An instance does so large a share of a step.
  void add(std::size_t instance, const StepCost& cost, double share);

  /// What has been added since the last call is spread over the time from there to `end_s`, which is later.
  Window take(double end_s);

  double start_s() const { return start_s_; }

 private:
  const std::size_t devices_;
  const std::size_t links_;
  double start_s_ = 0;
  Window window_;
};

}  // namespace upmem_des
