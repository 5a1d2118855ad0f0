#include "platform/generated_platform.hpp"

#include <utility>

namespace upmem_des {

namespace {

LinkIndex add_link(PlatformSpec& platform, const Architecture& profile, const char* role_name, const Port& port,
                   LinkRole role, DeviceIndex owner) {
  LinkSpec link;
  link.name = profile.name + "." + role_name;
  link.bandwidth_Bps = port.bandwidth_Bps;
  link.latency_s = profile.link_latency_s;
  link.power_W = port.power_W();
  link.stated_J_per_byte = port.energy_J_per_byte;
  link.role = role;
  link.owner = owner;
  platform.links.push_back(std::move(link));
  return platform.links.size() - 1;
}

RouteIndex add_route(PlatformSpec& platform, DeviceIndex from, DeviceIndex to, LinkIndex link) {
  platform.routes.push_back({from, {to}, {link}});
  return platform.routes.size() - 1;
}

}  // namespace

PlatformSpec generate_platform(const std::vector<Architecture>& profiles,
                               const std::function<DeviceRatings(const Architecture&)>& ratings, bool host_link) {
  PlatformSpec platform;
  for (const Architecture& profile : profiles) {
    const DeviceIndex index = platform.devices.size();
    const bool is_host = index == host_device;
    DeviceSpec device;
    device.name = profile.name;
    device.architecture = profile;
    device.ratings = ratings(profile);
    device.memory.name = profile.name + ".memory";
    device.memory.bandwidth_Bps = device.ratings.memory_Bps;
    device.memory.power_W = device.ratings.memory_W;
    if (!is_host) {
      const LinkIndex link =
          add_link(platform, profile, "host_to_device", profile.host_to_device, LinkRole::HostToDevice, index);
      device.from_host = add_route(platform, host_device, index, link);
      platform.groups.push_back({profile.name, profile.name, index, 1});
    }
    if (!is_host || host_link) {
      const LinkIndex link =
          add_link(platform, profile, "device_to_host", profile.device_to_host, LinkRole::DeviceToHost, index);
      device.to_host = add_route(platform, index, host_device, link);
    }
    platform.devices.push_back(std::move(device));
  }
  return platform;
}

}  // namespace upmem_des
