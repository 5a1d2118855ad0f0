#include "small_machine.hpp"

#include "platform/platform_builder.hpp"
#include "support/temporary_folder.hpp"

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

const char* const profiles_yaml = R"(
HOST: {host_to_device_bw_GBs: 100, host_to_device_pj_per_bit: 10, device_to_host_bw_GBs: 100,
  device_to_host_pj_per_bit: 10, mem_bw_GBs: 100, mem_pj_per_bit: 10, tflops: 2, pj_per_tflop: 50.0e+12}
DEV: {host_to_device_bw_GBs: 10, host_to_device_pj_per_bit: 80, device_to_host_bw_GBs: 40,
  device_to_host_pj_per_bit: 20, mem_bw_GBs: 200, mem_pj_per_bit: 1, tflops: 5, pj_per_tflop: 0.4e+12,
  link_latency_ns: 700}
)";

PlatformSpec machine_of(const std::string& yaml, bool host_link) {
  const test::TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("profiles.yaml", profiles_yaml));
  const PlatformFile file = read_platform_file(folder.write("machine.yaml", yaml));
  return build_platform(
      file, catalogue, [](const Architecture& host) { return host; }, peak_ratings, host_link);
}

const char* const four_modules_yaml = R"(name: four modules
links:
  - {name: channel, count: 2, under: board, duplex: half, bw_GBs: 20, pj_per_bit: 1}
  - {name: board, host_to_device_bw_GBs: 30, device_to_host_bw_GBs: 50, latency_ns: 100}
devices:
  - {name: module, architecture: DEV, count: 4, under: channel, capacity_GB: 16, broadcast: true}
networks:
  - {name: peer, between: module, topology: ring, bw_GBs: 25, pj_per_bit: 2, latency_ns: 50}
)";

PlatformSpec four_modules() {
  return machine_of(four_modules_yaml);
}
