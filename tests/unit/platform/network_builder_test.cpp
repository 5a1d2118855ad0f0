#include "platform/network_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_machine.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// `count` devices d[0], d[1], … (1, 2, …) and a device e after them, the ds in a network n.
PlatformSpec machine(const std::string& topology, int count, const std::string& between = "d") {
  return machine_of("devices:\n  - {name: d, architecture: DEV, count: " + std::to_string(count) +
                    "}\n  - {name: e, architecture: DEV}\nnetworks:\n  - {name: n, between: " + between +
                    ", topology: " + topology + ", bw_GBs: 25, pj_per_bit: 2, latency_ns: 50}\n");
}

std::vector<std::string> way(const PlatformSpec& platform, DeviceIndex from, DeviceIndex to) {
  const auto route = platform.find_route(from, to);
  std::vector<std::string> names;
  if (route)
    for (const LinkIndex link : platform.routes[*route].links) names.push_back(platform.links[link].name);
  return names;
}

/// Links and routes besides those of the devices to and from HOST.
std::size_t added_links(const PlatformSpec& platform) {
  return platform.links.size() - 2 * (platform.devices.size() - 1);
}
std::size_t added_routes(const PlatformSpec& platform) {
  return platform.routes.size() - 2 * (platform.devices.size() - 1);
}

}  // namespace

TEST(NetworkBuilderTest, ASwitchHasAnUpAndADownLinkForEachDevice) {
  const PlatformSpec platform = machine("switch", 4);
  EXPECT_EQ(added_links(platform), 8U);
  EXPECT_EQ(added_routes(platform), 12U) << "4 x 3";
  EXPECT_THAT(way(platform, 1, 4), ElementsAre("d[0].n.up", "d[3].n.down"));
  EXPECT_THAT(way(platform, 4, 1), ElementsAre("d[3].n.up", "d[0].n.down"));
  EXPECT_TRUE(way(platform, 1, 5).empty()) << "e is not in it";
  EXPECT_TRUE(platform.has_peer_routes());
  const LinkSpec& up = platform.links[platform.networks[0].link];
  EXPECT_EQ(up.name, "d[0].n.up");
  EXPECT_EQ(up.role, LinkRole::DeviceToDevice);
  EXPECT_EQ(up.owner, DeviceIndex{1});
  EXPECT_EQ(up.bandwidth_Bps, 25e9);
  EXPECT_DOUBLE_EQ(up.latency_s, 50e-9);
  EXPECT_DOUBLE_EQ(up.power_W, 0.4) << "25e9 B/s x 8 bit x 2e-12 J";
  const RouteSpec& route = platform.routes[*platform.find_route(1, 4)];
  EXPECT_DOUBLE_EQ(platform.latency_s(route), 100e-9);
  EXPECT_DOUBLE_EQ(platform.energy_J_per_byte(route), 4 * 8e-12);
}

TEST(NetworkBuilderTest, ARingGoesTheShorterWay) {
  const PlatformSpec platform = machine("ring", 5);
  EXPECT_EQ(added_links(platform), 10U) << "two for each device";
  EXPECT_EQ(added_routes(platform), 20U);
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("n[0-1]"));
  EXPECT_THAT(way(platform, 2, 1), ElementsAre("n[1-0]"));
  EXPECT_THAT(way(platform, 1, 3), ElementsAre("n[0-1]", "n[1-2]"));
  EXPECT_THAT(way(platform, 1, 4), ElementsAre("n[0-4]", "n[4-3]"));
  EXPECT_THAT(way(platform, 5, 1), ElementsAre("n[4-0]"));
  EXPECT_THAT(way(platform, 5, 2), ElementsAre("n[4-0]", "n[0-1]"));
  EXPECT_EQ(platform.links[platform.routes[*platform.find_route(3, 2)].links[0]].owner, DeviceIndex{3})
      << "the sending device's";
}

TEST(NetworkBuilderTest, ARingOfEqualWaysGoesUp) {
  const PlatformSpec platform = machine("ring", 4);
  EXPECT_THAT(way(platform, 1, 3), ElementsAre("n[0-1]", "n[1-2]"));
  EXPECT_THAT(way(platform, 3, 1), ElementsAre("n[2-3]", "n[3-0]"));
}

TEST(NetworkBuilderTest, ARingOfTwoIsOneLinkEachWay) {
  const PlatformSpec platform = machine("ring", 2);
  EXPECT_EQ(added_links(platform), 2U);
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("n[0-1]"));
  EXPECT_THAT(way(platform, 2, 1), ElementsAre("n[1-0]"));
}

TEST(NetworkBuilderTest, AMeshHasALinkForEveryOrderedPair) {
  const PlatformSpec platform = machine("mesh", 4);
  EXPECT_EQ(added_links(platform), 12U);
  EXPECT_EQ(added_routes(platform), 12U);
  for (DeviceIndex from = 1; from <= 4; ++from)
    for (DeviceIndex to = 1; to <= 4; ++to) {
      if (from == to) continue;
      EXPECT_THAT(way(platform, from, to),
                  ElementsAre("n[" + std::to_string(from - 1) + "-" + std::to_string(to - 1) + "]"));
    }
}

TEST(NetworkBuilderTest, SeveralGroupsStandInTheOrderOfTheFile) {
  const PlatformSpec platform = machine("mesh", 2, "[e, d]");
  EXPECT_THAT(platform.networks[0].devices, ElementsAre(3, 1, 2));
  EXPECT_THAT(way(platform, 3, 1), ElementsAre("n[0-1]"));
  EXPECT_THAT(way(platform, 2, 1), ElementsAre("n[2-1]"));
}

TEST(NetworkBuilderTest, TheLargestNetworks) {
  EXPECT_EQ(added_routes(machine("switch", 256)), 256U * 255);
  const PlatformSpec ring = machine("ring", 64);
  EXPECT_EQ(way(ring, 1, 33).size(), 32U) << "half way round";
  EXPECT_EQ(added_links(machine("mesh", 64)), 64U * 63);
}
