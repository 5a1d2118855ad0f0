#include "platform/generated_platform.hpp"

namespace upmem_des {

namespace {

LinkSpec link(const Architecture& profile, const char* role, const Port& port) {
  return {profile.name + "." + role, port.bandwidth_Bps, profile.link_latency_s, port.power_W()};
}

}  // namespace

PlatformSpec generate_platform(const std::vector<Architecture>& profiles,
                               const std::function<DeviceRatings(const Architecture&)>& ratings, bool host_link) {
  PlatformSpec platform;
  for (const Architecture& profile : profiles) {
    const bool is_host = platform.devices.empty();
    DeviceSpec device;
    device.name = profile.name;
    device.architecture = profile;
    device.ratings = ratings(profile);
    device.memory = {profile.name + ".memory", device.ratings.memory_Bps, 0, device.ratings.memory_W};
    if (!is_host) device.from_host = link(profile, "host_to_device", profile.host_to_device);
    if (!is_host || host_link) device.to_host = link(profile, "device_to_host", profile.device_to_host);
    platform.devices.push_back(std::move(device));
  }
  return platform;
}

}  // namespace upmem_des
