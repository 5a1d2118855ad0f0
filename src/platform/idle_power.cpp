#include "platform/idle_power.hpp"

#include <algorithm>

namespace upmem_des {

double idle_W(const PlatformSpec& platform, std::size_t copies) {
  double sum_W = 0;
  for (DeviceIndex i = 0; i < platform.devices.size(); ++i)
    sum_W += platform.devices[i].architecture.idle_W * (i == host_device ? 1 : static_cast<double>(copies));
  return sum_W;
}

double most_W(const PlatformSpec& platform) {
  double sum_W = idle_W(platform);
  for (const DeviceSpec& device : platform.devices)
    sum_W += device.architecture.active_W + std::max(device.ratings.arithmetic_W, device.ratings.vector_W) +
             device.memory.power_W;
  for (const LinkSpec& link : platform.links)
    if (const double J_per_byte = link.energy_J_per_byte(); J_per_byte > 0) sum_W += J_per_byte * link.bandwidth_Bps;
  return sum_W;
}

}  // namespace upmem_des
