#include "platform/generated_platform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_machine.hpp"

using namespace upmem_des;
using testing::ElementsAre;

TEST(GeneratedPlatformTest, TheHostComesFirstAndHasNoLinks) {
  const PlatformSpec platform = small_machine();
  ASSERT_EQ(platform.devices.size(), 2U);
  const DeviceSpec& host = platform.devices[host_device];
  EXPECT_EQ(host.name, "HOST");
  EXPECT_FALSE(host.from_host);
  EXPECT_FALSE(host.to_host);
  EXPECT_EQ(host.memory.name, "HOST.memory");
  EXPECT_DOUBLE_EQ(host.memory.bandwidth_Bps, 100e9);
  EXPECT_DOUBLE_EQ(host.memory.power_W, 8) << "100e9 B/s x 8 bit x 10e-12 J";
  EXPECT_DOUBLE_EQ(host.ratings.arithmetic_W, 100) << "2e12 FLOP/s x 50e-12 J";
}

TEST(GeneratedPlatformTest, ADeviceHasLinksOfItsOwn) {
  const PlatformSpec platform = small_machine();
  const DeviceSpec& device = platform.devices[1];
  EXPECT_EQ(device.name, "DEV");
  EXPECT_EQ(device.architecture.name, "DEV");
  ASSERT_TRUE(device.from_host);
  const RouteSpec& down = platform.routes[*device.from_host];
  EXPECT_EQ(down.from, host_device);
  EXPECT_THAT(down.to, ElementsAre(1));
  ASSERT_EQ(down.links.size(), 1U);
  const LinkSpec& down_link = platform.links[down.links[0]];
  EXPECT_EQ(down_link.name, "DEV.host_to_device");
  EXPECT_EQ(down_link.role, LinkRole::HostToDevice);
  EXPECT_EQ(down_link.owner, DeviceIndex{1});
  EXPECT_DOUBLE_EQ(down_link.bandwidth_Bps, 10e9);
  EXPECT_DOUBLE_EQ(down_link.latency_s, 7e-7);
  EXPECT_DOUBLE_EQ(down_link.power_W, 6.4) << "10e9 B/s x 8 bit x 80e-12 J";
  ASSERT_TRUE(device.to_host);
  const RouteSpec& up = platform.routes[*device.to_host];
  EXPECT_EQ(up.from, DeviceIndex{1});
  EXPECT_THAT(up.to, ElementsAre(host_device));
  ASSERT_EQ(up.links.size(), 1U);
  const LinkSpec& up_link = platform.links[up.links[0]];
  EXPECT_EQ(up_link.name, "DEV.device_to_host");
  EXPECT_EQ(up_link.role, LinkRole::DeviceToHost);
  EXPECT_EQ(up_link.owner, DeviceIndex{1});
  EXPECT_DOUBLE_EQ(up_link.bandwidth_Bps, 40e9);
  EXPECT_DOUBLE_EQ(up_link.latency_s, 7e-7);
  EXPECT_DOUBLE_EQ(up_link.power_W, 6.4) << "40e9 B/s x 8 bit x 20e-12 J";
  EXPECT_EQ(device.memory.name, "DEV.memory");
  EXPECT_DOUBLE_EQ(device.memory.bandwidth_Bps, 200e9);
  EXPECT_EQ(device.memory.latency_s, 0) << "the latency is the links'";
  EXPECT_DOUBLE_EQ(device.memory.power_W, 1.6) << "200e9 B/s x 8 bit x 1e-12 J";
  EXPECT_DOUBLE_EQ(device.ratings.flops_per_s, 5e12);
  EXPECT_DOUBLE_EQ(device.ratings.arithmetic_W, 2) << "5e12 FLOP/s x 0.4e-12 J";
  EXPECT_DOUBLE_EQ(device.ratings.vector_W, 0.2);
}

TEST(GeneratedPlatformTest, TheMemoryIsTheRatings) {
  const PlatformSpec platform = generate_platform(
      two_profiles(),
      [](const Architecture&) {
        DeviceRatings ratings;
        ratings.memory_Bps = 3;
        ratings.memory_W = 4;
        return ratings;
      },
      false);
  EXPECT_EQ(platform.devices[1].memory.bandwidth_Bps, 3);
  EXPECT_EQ(platform.devices[1].memory.power_W, 4);
}

TEST(GeneratedPlatformTest, OnDemandTheHostHasALinkToItself) {
  const PlatformSpec platform = small_machine(true);
  const DeviceSpec& host = platform.devices[host_device];
  EXPECT_FALSE(host.from_host);
  ASSERT_TRUE(host.to_host);
  const RouteSpec& route = platform.routes[*host.to_host];
  EXPECT_EQ(route.from, host_device);
  EXPECT_THAT(route.to, ElementsAre(host_device));
  ASSERT_EQ(route.links.size(), 1U);
  const LinkSpec& link = platform.links[route.links[0]];
  EXPECT_EQ(link.name, "HOST.device_to_host");
  EXPECT_DOUBLE_EQ(link.bandwidth_Bps, 100e9);
  EXPECT_DOUBLE_EQ(link.power_W, 8);
}
