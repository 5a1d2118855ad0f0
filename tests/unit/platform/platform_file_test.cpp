#include "platform/platform_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_machine.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

PlatformFile read(const std::string& yaml) {
  const test::TemporaryFolder folder;
  return read_platform_file(folder.write("machine.yaml", yaml));
}

}  // namespace

TEST(PlatformFileTest, DefaultsAreFilledIn) {
  const PlatformFile file = read("devices: [{name: DEV, architecture: PIM-AI}]");
  EXPECT_EQ(file.name, "machine.yaml");
  EXPECT_EQ(file.host.architecture, "HOST");
  EXPECT_FALSE(file.host.capacity_B);
  EXPECT_TRUE(file.links.empty());
  EXPECT_TRUE(file.networks.empty());
  ASSERT_EQ(file.devices.size(), 1U);
  const PlatformFile::Devices& devices = file.devices[0];
  EXPECT_EQ(devices.name, "DEV");
  EXPECT_EQ(devices.architecture, "PIM-AI");
  EXPECT_EQ(devices.architecture_key, "devices[0].architecture");
  EXPECT_EQ(devices.count, 1U);
  EXPECT_FALSE(devices.under);
  EXPECT_FALSE(devices.broadcast);
  EXPECT_FALSE(devices.changes.capacity_B);
}

TEST(PlatformFileTest, EverythingInSIUnits) {
  const PlatformFile file = read(R"(name: a title
host: {architecture: BIG_HOST, capacity_GB: 512}
links:
  - {name: down, count: 4, under: up, duplex: half, bw_GBs: 44, host_to_device_pj_per_bit: 3, latency_ns: 7}
  - {name: up, count: 2, host_to_device_bw_GBs: 20, device_to_host_bw_GBs: 30, pj_per_bit: 2}
devices:
  - {name: a, architecture: A, count: 8, under: down, broadcast: true, capacity_GB: 16, host_to_device_bw_GBs: 1,
     device_to_host_bw_GBs: 2, host_to_device_pj_per_bit: 3, device_to_host_pj_per_bit: 4, link_latency_ns: 5,
     idle_W: 6, active_W: 7, power_limit_W: 20, compute_efficiency: 0.5, mem_efficiency: 0.25, launch_overhead_ns: 8}
  - {name: b, architecture: B, under: HOST}
networks:
  - {name: ring, between: [b, a], topology: ring, bw_GBs: 25, pj_per_bit: 1, latency_ns: 50}
)");
  EXPECT_EQ(file.name, "a title");
  EXPECT_EQ(file.host.architecture, "BIG_HOST");
  EXPECT_EQ(file.host.capacity_B, 512e9);
  EXPECT_EQ(file.host.where.line, 2);

  ASSERT_EQ(file.links.size(), 2U);
  EXPECT_EQ(file.links[0].count, 4U);
  EXPECT_EQ(file.links[0].under, std::size_t{1});
  EXPECT_TRUE(file.links[0].half_duplex);
  EXPECT_EQ(file.links[0].host_to_device.bandwidth_Bps, 44e9);
  EXPECT_EQ(file.links[0].device_to_host.bandwidth_Bps, 44e9);
  EXPECT_DOUBLE_EQ(file.links[0].host_to_device.energy_J_per_byte, 24e-12) << "3 pJ/bit x 8";
  EXPECT_EQ(file.links[0].device_to_host.energy_J_per_byte, 0);
  EXPECT_DOUBLE_EQ(file.links[0].latency_s, 7e-9);
  EXPECT_FALSE(file.links[1].under);
  EXPECT_FALSE(file.links[1].half_duplex);
  EXPECT_EQ(file.links[1].host_to_device.bandwidth_Bps, 20e9);
  EXPECT_EQ(file.links[1].device_to_host.bandwidth_Bps, 30e9);
  EXPECT_DOUBLE_EQ(file.links[1].host_to_device.energy_J_per_byte, 16e-12);
  EXPECT_DOUBLE_EQ(file.links[1].device_to_host.energy_J_per_byte, 16e-12);

  ASSERT_EQ(file.devices.size(), 2U);
  EXPECT_EQ(file.devices[0].under, std::size_t{0});
  EXPECT_TRUE(file.devices[0].broadcast);
  EXPECT_FALSE(file.devices[1].under);
  const ProfileChanges& changes = file.devices[0].changes;
  EXPECT_EQ(changes.capacity_B, 16e9);
  EXPECT_EQ(changes.host_to_device_Bps, 1e9);
  EXPECT_EQ(changes.device_to_host_Bps, 2e9);
  EXPECT_DOUBLE_EQ(*changes.host_to_device_J_per_byte, 24e-12);
  EXPECT_DOUBLE_EQ(*changes.device_to_host_J_per_byte, 32e-12);
  EXPECT_DOUBLE_EQ(*changes.link_latency_s, 5e-9);
  EXPECT_EQ(changes.idle_W, 6);
  EXPECT_EQ(changes.active_W, 7);
  EXPECT_EQ(changes.power_limit_W, 20);
  EXPECT_EQ(changes.compute_efficiency, 0.5);
  EXPECT_EQ(changes.memory_efficiency, 0.25);
  EXPECT_DOUBLE_EQ(*changes.launch_overhead_s, 8e-9);

  ASSERT_EQ(file.networks.size(), 1U);
  EXPECT_THAT(file.networks[0].between, ElementsAre(1, 0));
  EXPECT_EQ(file.networks[0].topology, NetworkTopology::Ring);
  EXPECT_EQ(file.networks[0].port.bandwidth_Bps, 25e9);
  EXPECT_DOUBLE_EQ(file.networks[0].port.energy_J_per_byte, 8e-12);
  EXPECT_DOUBLE_EQ(file.networks[0].latency_s, 50e-9);
}

TEST(PlatformFileTest, ChangesReplaceTheProfilesFigures) {
  const Architecture profile = two_profiles()[1];
  const Architecture same = ProfileChanges{}.applied_to(profile);
  EXPECT_EQ(same.host_to_device.bandwidth_Bps, 10e9);
  EXPECT_FALSE(same.capacity_B);
  EXPECT_EQ(same.compute_efficiency, 1);

  const PlatformFile file = read(
      "devices: [{name: DEV, architecture: DEV, capacity_GB: 16, host_to_device_bw_GBs: 1, device_to_host_bw_GBs: 2, "
      "host_to_device_pj_per_bit: 0, device_to_host_pj_per_bit: 0, link_latency_ns: 0, idle_W: 6, active_W: 7, "
      "power_limit_W: 20, "
      "compute_efficiency: 0.5, mem_efficiency: 0.25, launch_overhead_ns: 1000}]");
  const Architecture changed = file.devices[0].changes.applied_to(profile);
  EXPECT_EQ(changed.name, "DEV");
  EXPECT_EQ(changed.capacity_B, 16e9);
  EXPECT_EQ(changed.host_to_device.bandwidth_Bps, 1e9);
  EXPECT_EQ(changed.device_to_host.bandwidth_Bps, 2e9);
  EXPECT_EQ(changed.host_to_device.energy_J_per_byte, 0);
  EXPECT_EQ(changed.device_to_host.energy_J_per_byte, 0);
  EXPECT_EQ(changed.link_latency_s, 0);
  EXPECT_EQ(changed.idle_W, 6);
  EXPECT_EQ(changed.active_W, 7);
  EXPECT_EQ(changed.power_limit_W, 20);
  EXPECT_EQ(changed.compute_efficiency, 0.5);
  EXPECT_EQ(changed.memory_efficiency, 0.25);
  EXPECT_DOUBLE_EQ(changed.launch_overhead_s, 1e-6);
  EXPECT_EQ(changed.memory.bandwidth_Bps, 200e9) << "not named";
}

TEST(PlatformFileTest, ChangesReplaceArithmeticAndMemory) {
  const auto changed = [](const std::string& figures, const Architecture& profile) {
    return read("devices: [{name: DEV, architecture: DEV, " + figures + "}]").devices[0].changes.applied_to(profile);
  };
  Architecture one = two_profiles()[1];
  one.flops_per_s_int4 = 20e12;
  const Architecture all = changed(
      "mem_bw_GBs: 300, mem_pj_per_bit: 2, tflops: 7, pj_per_tflop: 3.0e+11, softmax_ns_per_element: 1, "
      "SiLU_ns_per_element: 2, RMSNorm_ns_per_element: 3",
      one);
  EXPECT_EQ(all.memory.bandwidth_Bps, 300e9);
  EXPECT_DOUBLE_EQ(all.memory.energy_J_per_byte, 16e-12);
  EXPECT_EQ(all.flops_per_s, 7e12);
  EXPECT_EQ(all.flops_per_s_int4, 20e12) << "not named";
  EXPECT_DOUBLE_EQ(all.energy_J_per_flop, 0.3e-12);
  EXPECT_DOUBLE_EQ(*all.softmax_s_per_element, 1e-9);
  EXPECT_DOUBLE_EQ(*all.silu_s_per_element, 2e-9);
  EXPECT_DOUBLE_EQ(*all.rmsnorm_s_per_element, 3e-9);
  EXPECT_EQ(changed("tflops_int4: 9", one).flops_per_s_int4, 9e12);

  Architecture several = one;
  several.flops_per_s_int4.reset();
  several.flops_per_s_by_format = {{NumberFormat::bfloat16, 5e12}, {NumberFormat::fp8, 10e12}};
  const Architecture faster = changed("tflops: {fp8: 12, int8: 11}", several);
  EXPECT_EQ(faster.peak_flops_per_s(NumberFormat::fp8), 12e12);
  EXPECT_EQ(faster.peak_flops_per_s(NumberFormat::int8), 11e12);
  EXPECT_EQ(faster.peak_flops_per_s(NumberFormat::bfloat16), 5e12) << "stays";
  EXPECT_EQ(changed("tflops: {bfloat16: 6}", several).flops_per_s, 6e12);
  EXPECT_EQ(changed("tflops_int4: 9", several).peak_flops_per_s(NumberFormat::int4), 9e12);
  EXPECT_EQ(changed("tflops: 3", several).peak_flops_per_s(NumberFormat::fp8), 3e12) << "one for all";
}

TEST(PlatformFileTest, ChangesFromOutside) {
  const TemporaryFolder folder;
  const std::string path = folder.write("machine.yaml", R"(
links: [{name: channel, bw_GBs: 20}]
devices: [{name: dimm, architecture: A, count: 4, under: channel, capacity_GB: 1}]
networks: [{name: net, between: dimm, topology: switch, bw_GBs: 1, nic: {per: 2, bw_GBs: 3, latency_ns: 4}}]
)");
  const auto with = [&](const std::string& changes) {
    return read_platform_file(path, parse_yaml(changes, "scenario"));
  };
  const PlatformFile file = with(
      "{host: {capacity_GB: 5}, links: {channel: {bw_GBs: 30}}, devices: {dimm: {capacity_GB: 2, mem_bw_GBs: 7}}, "
      "networks: {net: {bw_GBs: 9, nic: {bw_GBs: 8}}}}");
  EXPECT_EQ(file.host.capacity_B, 5e9);
  EXPECT_EQ(file.links[0].host_to_device.bandwidth_Bps, 30e9);
  EXPECT_EQ(file.devices[0].changes.capacity_B, 2e9) << "replaced";
  EXPECT_EQ(file.devices[0].changes.memory_Bps, 7e9) << "added";
  EXPECT_EQ(file.networks[0].port.bandwidth_Bps, 9e9);
  EXPECT_EQ(file.networks[0].nic->port.bandwidth_Bps, 8e9);
  EXPECT_EQ(file.networks[0].nic->per, 2U) << "maps are put together";
  EXPECT_DOUBLE_EQ(file.networks[0].nic->latency_s, 4e-9);
  EXPECT_EQ(with("devices: {dimm: {count: 8}}").devices[0].count, 8U);

  const auto error = [&](const std::string& changes) { return input_error([&] { with(changes); }); };
  EXPECT_EQ(
      error("device: {}"),
      "scenario:1: device: unknown key; expected one of host, cost, links, devices, networks; did you mean 'devices'?");
  EXPECT_EQ(error("devices: {dim: {capacity_GB: 1}}"),
            "scenario:1: devices.dim: the platform has no devices 'dim'; expected one of dimm; did you mean 'dimm'?");
  EXPECT_EQ(error("networks: {dimm: {bw_GBs: 1}}"),
            "scenario:1: networks.dimm: the platform has no networks 'dimm'; expected one of net");
  EXPECT_EQ(error("devices: {dimm: {capacity: 1}}").substr(0, 45), "scenario:1: devices.dimm.capacity: unknown ke");
  EXPECT_EQ(error("devices: {dimm: {capacity_GB: 0}}"),
            "scenario:1: devices.dimm.capacity_GB: '0'; expected a number above 0 and at most 1e+18");
  EXPECT_EQ(error("devices: {dimm: {name: x}}"),
            "scenario:1: devices.dimm.name: names stay; expected figures of 'dimm'");
  for (const char* const what : {"3", "", "[]"}) {
    EXPECT_NE(error(std::string("devices: {dimm: ") + what + "}").find("expected a mapping"), std::string::npos);
    EXPECT_NE(error(std::string("devices: ") + what).find("expected a mapping"), std::string::npos);
    EXPECT_NE(error(std::string("host: ") + what).find("expected a mapping"), std::string::npos);
  }
}
