/// The platform files that come with the program: what they are, and that they follow from the published devices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "platform/platform_builder.hpp"
#include "small_machine.hpp"
#include "upmem_des/util/data_folder.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

constexpr double pj_per_bit = 8e-12;  // J per byte

class ShippedPlatformsTest : public testing::Test {
 protected:
  void SetUp() override { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  static PlatformSpec machine(const std::string& name) {
    return build_platform(
        read_platform_file(PROJECT_DIR "/platforms/" + name), Catalogue::builtin(),
        [](const Architecture& host) { return host; }, peak_ratings, false);
  }

  static Architecture profile(const char* name) { return Catalogue::builtin().get(name, {}, ""); }

  /// Bytes per second at which the same data reaches all devices of a group: each shared link carries it once for every
  /// device below it, unless a broadcast does.
  static double same_to_all_Bps(const PlatformSpec& platform) {
    std::vector<double> load(platform.links.size());
    for (const DeviceSpec& device : platform.devices)
      if (device.from_host)
        for (const LinkIndex link : platform.routes[*device.from_host].links) ++load[link];
    double slowest = 1e300;
    for (std::size_t i = 0; i < load.size(); ++i)
      if (load[i] > 0) slowest = std::min(slowest, platform.links[i].bandwidth_Bps / load[i]);
    return slowest;
  }

  static double same_to_all_J_per_byte(const PlatformSpec& platform) {
    double sum = 0;
    for (const DeviceSpec& device : platform.devices)
      if (device.from_host) sum += platform.energy_J_per_byte(platform.routes[*device.from_host]);
    return sum;
  }
};

}  // namespace

TEST_F(ShippedPlatformsTest, AllAreThere) {
  std::vector<std::string> names;
  for (const std::string& path : data_files("platforms", ".yaml"))
    names.push_back(std::filesystem::path(path).filename().string());
  EXPECT_THAT(names, ElementsAre("cxl_board_bc.yaml", "cxl_board_nbc.yaml", "cxl_pim_pool.yaml", "gb200_nvl72.yaml",
                                 "gpu_dimms.yaml", "gpu_pim.yaml", "gpu_server.yaml", "h100_cluster.yaml",
                                 "hgx_h100.yaml", "one_device.yaml", "phone.yaml", "pim_ai_server.yaml"));
}

TEST_F(ShippedPlatformsTest, OneDevice) {
  const PlatformSpec platform = machine("one_device.yaml");
  ASSERT_EQ(platform.devices.size(), 2U);
  EXPECT_EQ(platform.devices[1].name, "PIM_AI_4chip");
  const PlatformSpec generated = generate_platform({profile("HOST"), profile("PIM_AI_4chip")}, peak_ratings, false);
  ASSERT_EQ(platform.links.size(), generated.links.size());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(platform.links[i].name, generated.links[i].name);
    EXPECT_EQ(platform.links[i].bandwidth_Bps, generated.links[i].bandwidth_Bps);
    EXPECT_EQ(platform.links[i].power_W, generated.links[i].power_W);
  }
  EXPECT_EQ(platform.devices[1].architecture.capacity_B, 128e9);
}

TEST_F(ShippedPlatformsTest, PimAiServerIsThePublishedDeviceOfTwentyFourDimms) {
  const PlatformSpec platform = machine("pim_ai_server.yaml");
  ASSERT_EQ(platform.devices.size(), 25U);
  EXPECT_EQ(platform.devices[24].name, "dimm[23]");
  EXPECT_EQ(platform.media.size(), 12U);
  const Architecture whole = profile("PIM_AI_24dimm");
  EXPECT_DOUBLE_EQ(same_to_all_Bps(platform), 22e9);
  EXPECT_DOUBLE_EQ(same_to_all_Bps(platform), whole.host_to_device.bandwidth_Bps);
  EXPECT_NEAR(same_to_all_J_per_byte(platform) / pj_per_bit, 24 * 50, 1e-9);
  double up_Bps = 0;
  for (const SharedLinkSpec& link : platform.shared_links)
    if (!link.under) up_Bps += platform.links[link.device_to_host].bandwidth_Bps;
  EXPECT_DOUBLE_EQ(up_Bps, whole.device_to_host.bandwidth_Bps) << "two sockets x 264 = 24 x 22";
  double memory_Bps = 0;
  for (std::size_t i = 1; i < 25; ++i) memory_Bps += platform.devices[i].memory.bandwidth_Bps;
  EXPECT_NEAR(memory_Bps / whole.memory.bandwidth_Bps, 1, 1e-12);
  const RouteSpec& alone = platform.routes[*platform.devices[1].from_host];
  EXPECT_EQ(platform.bandwidth_Bps(alone), 44e9) << "one DIMM alone";
  EXPECT_EQ(platform.devices[1].architecture.capacity_B, 16e9);
}

TEST_F(ShippedPlatformsTest, TheBoardWithBroadcastIsThePublishedOne) {
  const PlatformSpec platform = machine("cxl_board_bc.yaml");
  ASSERT_EQ(platform.devices.size(), 33U);
  const Architecture whole = profile("CXL_PIM_BC");
  const RouteSpec& broadcast = platform.routes.back();
  ASSERT_EQ(broadcast.to.size(), 32U);
  EXPECT_EQ(platform.bandwidth_Bps(broadcast), whole.host_to_device.bandwidth_Bps);
  EXPECT_NEAR(platform.energy_J_per_byte(broadcast), whole.host_to_device.energy_J_per_byte, 1e-24);
  EXPECT_DOUBLE_EQ(32 * platform.devices[1].ratings.flops_per_s, whole.flops_per_s);
  EXPECT_DOUBLE_EQ(32 * platform.devices[1].memory.bandwidth_Bps, whole.memory.bandwidth_Bps);
  const RouteSpec& up = platform.routes[*platform.devices[7].to_host];
  EXPECT_EQ(platform.bandwidth_Bps(up), whole.device_to_host.bandwidth_Bps);
  EXPECT_NEAR(platform.energy_J_per_byte(up), whole.device_to_host.energy_J_per_byte, 1e-24);
}

TEST_F(ShippedPlatformsTest, TheBoardWithoutBroadcastIsThePublishedOne) {
  const PlatformSpec platform = machine("cxl_board_nbc.yaml");
  const Architecture whole = profile("CXL_PIM_nBC");
  for (const RouteSpec& route : platform.routes) EXPECT_FALSE(route.broadcast());
  EXPECT_DOUBLE_EQ(same_to_all_Bps(platform), whole.host_to_device.bandwidth_Bps) << "19.2 / 32 = 0.6 GB/s";
  EXPECT_NEAR(same_to_all_J_per_byte(platform) / whole.host_to_device.energy_J_per_byte, 1, 1e-12)
      << "32 x 50 = 1600 pJ/bit";
}

TEST_F(ShippedPlatformsTest, GpuServer) {
  const PlatformSpec platform = machine("gpu_server.yaml");
  ASSERT_EQ(platform.devices.size(), 9U);
  const auto peer = platform.find_route(1, 8);
  ASSERT_TRUE(peer);
  EXPECT_EQ(platform.bandwidth_Bps(platform.routes[*peer]), 450e9);
  EXPECT_NEAR(platform.energy_J_per_byte(platform.routes[*peer]) / pj_per_bit, 40, 1e-9);
  EXPECT_NEAR(platform.latency_s(platform.routes[*peer]), 1e-6, 1e-18);
  EXPECT_EQ(platform.bandwidth_Bps(platform.routes[*platform.devices[1].from_host]), 64e9) << "PCIe";
  EXPECT_EQ(platform.devices[8].architecture.capacity_B, 80e9);
}

TEST_F(ShippedPlatformsTest, PhoneAndGpuWithPim) {
  const PlatformSpec phone = machine("phone.yaml");
  ASSERT_EQ(phone.devices.size(), 2U);
  EXPECT_EQ(phone.devices[1].memory.bandwidth_Bps, 76.8e9);
  EXPECT_EQ(phone.bandwidth_Bps(phone.routes[*phone.devices[1].from_host]), 76.8e9);

  const PlatformSpec both = machine("gpu_pim.yaml");
  ASSERT_EQ(both.devices.size(), 19U);
  EXPECT_EQ(both.devices[1].architecture.name, "H100_80GB_SXM");
  EXPECT_EQ(both.devices[3].name, "dimm[0]");
  EXPECT_EQ(both.devices[3].under, both.devices[4].under) << "two on a channel";
  EXPECT_NE(both.devices[4].under, both.devices[5].under);
  EXPECT_TRUE(both.find_route(1, 2));
  EXPECT_FALSE(both.find_route(1, 3)) << "from GPU to DIMM by way of the host";
}

TEST_F(ShippedPlatformsTest, ANodeAndAClusterOfThem) {
  const PlatformSpec node = machine("hgx_h100.yaml");
  ASSERT_EQ(node.devices.size(), 9U);
  EXPECT_EQ(node.bandwidth_Bps(node.routes[*node.find_route(1, 8)]), 450e9 * 0.628);
  const PlatformSpec cluster = machine("h100_cluster.yaml");
  ASSERT_EQ(cluster.devices.size(), 1025U);
  ASSERT_EQ(cluster.networks.size(), 128U + 1);
  EXPECT_EQ(cluster.networks[0].level, 0U);
  EXPECT_EQ(cluster.networks[128].level, 1U);
  EXPECT_EQ(cluster.network_of({1, 8}), 0U);
  EXPECT_EQ(cluster.network_of({8, 9}), 128U);
  const RouteSpec& inside = cluster.routes[*cluster.find_route(1017, 1024)];
  EXPECT_EQ(cluster.bandwidth_Bps(inside), 450e9 * 0.628);
  EXPECT_NEAR(cluster.latency_s(inside), 1e-6, 1e-18);
  const RouteSpec& outside = cluster.routes[*cluster.find_route(1, 1024)];
  EXPECT_EQ(cluster.bandwidth_Bps(outside), 50e9) << "400 Gb/s";
  EXPECT_NEAR(cluster.latency_s(outside), 2e-6, 1e-18);
  EXPECT_EQ(cluster.routes.used_count(), 2 * 1024U + 1024 * 1023);
}

TEST_F(ShippedPlatformsTest, ARackOfOneNvlinkDomain) {
  const PlatformSpec rack = machine("gb200_nvl72.yaml");
  ASSERT_EQ(rack.devices.size(), 73U);
  EXPECT_EQ(rack.devices[1].under, rack.devices[2].under) << "two beside a Grace CPU";
  EXPECT_NE(rack.devices[2].under, rack.devices[3].under);
  EXPECT_EQ(rack.bandwidth_Bps(rack.routes[*rack.find_route(1, 72)]), 900e9 * 0.547);
  EXPECT_EQ(rack.bandwidth_Bps(rack.routes[*rack.devices[1].from_host]), 450e9) << "NVLink-C2C";
}

TEST_F(ShippedPlatformsTest, APoolBehindSwitches) {
  const PlatformSpec pool = machine("cxl_pim_pool.yaml");
  ASSERT_EQ(pool.devices.size(), 33U);
  const RouteSpec& near = pool.routes[*pool.find_route(1, 8)];
  EXPECT_EQ(near.links.size(), 2U) << "through their switch";
  EXPECT_NEAR(pool.latency_s(near), 70e-9, 1e-20);
  const RouteSpec& far = pool.routes[*pool.find_route(1, 9)];
  EXPECT_EQ(far.links.size(), 4U) << "through both";
  EXPECT_NEAR(pool.latency_s(far), 140e-9, 1e-20);
  EXPECT_EQ(pool.bandwidth_Bps(far), 19.2e9);
  EXPECT_EQ(pool.devices[8].under, pool.devices[1].under);
  EXPECT_NE(pool.devices[9].under, pool.devices[1].under);
}
