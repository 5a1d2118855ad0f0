#include "service/step_cost.hpp"

#include <algorithm>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

void append(StepCost& whole, const StepCost& part) {
  whole.time_s += part.time_s;
  whole.devices.resize(std::max(whole.devices.size(), part.devices.size()));
  whole.links_B.resize(std::max(whole.links_B.size(), part.links_B.size()));
  for (std::size_t i = 0; i < part.devices.size(); ++i) append(whole.devices[i], part.devices[i]);
  for (std::size_t i = 0; i < part.links_B.size(); ++i) whole.links_B[i] += part.links_B[i];
  whole.stages.clear();
  whole.cache_J += part.cache_J;
  whole.attention_J += part.attention_J;
  whole.dynamic_J += part.dynamic_J;
  whole.most_W = std::max(whole.most_W, part.most_W);
}

double dynamic_J(const PlatformSpec& platform, const StepCost& cost) {
  double sum_J = 0;
  for (DeviceIndex i = 0; i < cost.devices.size(); ++i) {
    const Stretch& of_device = cost.devices[i];
    sum_J += of_device.arithmetic_J + of_device.vector_J + of_device.memory_J +
             platform.devices[i].architecture.active_W * of_device.active_s;
  }
  for (LinkIndex i = 0; i < cost.links_B.size(); ++i)
    if (cost.links_B[i] > 0) sum_J += cost.links_B[i] * platform.links[i].energy_J_per_byte();
  return sum_J;
}

}  // namespace upmem_des
