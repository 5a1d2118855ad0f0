#include "platform/idle_power.hpp"

namespace upmem_des {

double idle_W(const PlatformSpec& platform, std::size_t copies) {
  double sum_W = 0;
  for (DeviceIndex i = 0; i < platform.devices.size(); ++i)
    sum_W += platform.devices[i].architecture.idle_W * (i == host_device ? 1 : static_cast<double>(copies));
  return sum_W;
}

}  // namespace upmem_des
