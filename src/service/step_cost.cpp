#include "service/step_cost.hpp"

namespace upmem_des {

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
