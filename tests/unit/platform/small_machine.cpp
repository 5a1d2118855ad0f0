#include "small_machine.hpp"

using namespace upmem_des;

std::vector<Architecture> two_profiles() {
  Architecture host;
  host.name = "HOST";
  host.host_to_device = {100e9, 8e-11};
  host.device_to_host = {100e9, 8e-11};
  host.memory = {100e9, 8e-11};
  host.flops_per_s = 2e12;
  host.energy_J_per_flop = 50e-12;
  Architecture device;
  device.name = "DEV";
  device.host_to_device = {10e9, 6.4e-10};
  device.device_to_host = {40e9, 1.6e-10};
  device.memory = {200e9, 8e-12};
  device.flops_per_s = 5e12;
  device.energy_J_per_flop = 0.4e-12;
  device.link_latency_s = 7e-7;
  return {host, device};
}

DeviceRatings peak_ratings(const Architecture& profile) {
  DeviceRatings ratings;
  ratings.flops_per_s = profile.flops_per_s;
  ratings.arithmetic_W = profile.flops_per_s * profile.energy_J_per_flop;
  ratings.vector_W = ratings.arithmetic_W / 10;
  ratings.memory_Bps = profile.memory.bandwidth_Bps;
  ratings.memory_W = profile.memory.power_W();
  return ratings;
}

PlatformSpec small_machine(bool host_link) {
  return generate_platform(two_profiles(), peak_ratings, host_link);
}
