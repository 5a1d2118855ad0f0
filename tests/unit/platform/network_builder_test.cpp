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
  EXPECT_EQ(added_routes(machine("switch", 4095)), 4095U * 4094);
  const PlatformSpec ring = machine("ring", 64);
  EXPECT_EQ(way(ring, 1, 33).size(), 32U) << "half way round";
  EXPECT_EQ(added_links(machine("mesh", 64)), 64U * 63);
}

TEST(NetworkBuilderTest, NicsAreSharedByDevicesThatFollowEachOther) {
  const PlatformSpec platform = machine("switch", 4, "d, nic: {per: 2, bw_GBs: 10, pj_per_bit: 3, latency_ns: 7}");
  EXPECT_EQ(added_links(platform), 12U) << "two for each of four devices and two NICs";
  EXPECT_THAT(way(platform, 1, 4), ElementsAre("d[0].n.up", "n.nic[0].up", "n.nic[1].down", "d[3].n.down"));
  EXPECT_THAT(way(platform, 3, 2), ElementsAre("d[2].n.up", "n.nic[1].up", "n.nic[0].down", "d[1].n.down"));
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("d[0].n.up", "d[1].n.down")) << "behind the same NIC";
  const RouteSpec& route = platform.routes[*platform.find_route(1, 4)];
  EXPECT_EQ(platform.bandwidth_Bps(route), 10e9);
  EXPECT_DOUBLE_EQ(platform.latency_s(route), 114e-9) << "50 + 7 + 7 + 50";
  EXPECT_DOUBLE_EQ(platform.energy_J_per_byte(route), 10 * 8e-12) << "2 + 3 + 3 + 2";
  EXPECT_FALSE(platform.links[route.links[1]].owner) << "two devices send over it";
  EXPECT_EQ(platform.networks[0].nic_count, 2U);
  const PlatformSpec single = machine("switch", 2, "d, nic: {per: 1, bw_GBs: 10}");
  EXPECT_EQ(single.links[single.routes[*single.find_route(1, 2)].links[1]].owner, DeviceIndex{1});
}

TEST(NetworkBuilderTest, AnOversubscribedSwitchCarriesLessThanAllSend) {
  const PlatformSpec platform = machine("switch", 4, "d, oversubscription: 5");
  EXPECT_THAT(way(platform, 1, 4), ElementsAre("d[0].n.up", "n.middle", "d[3].n.down"));
  EXPECT_DOUBLE_EQ(platform.links[*platform.networks[0].middle].bandwidth_Bps, 20e9) << "4 x 25 / 5";
  EXPECT_DOUBLE_EQ(platform.latency_s(platform.routes[*platform.find_route(1, 4)]), 100e-9);
  const PlatformSpec nics = machine("switch", 4, "d, oversubscription: 2, nic: {per: 2, bw_GBs: 10}");
  EXPECT_THAT(way(nics, 1, 4), ElementsAre("d[0].n.up", "n.nic[0].up", "n.middle", "n.nic[1].down", "d[3].n.down"));
  EXPECT_THAT(way(nics, 1, 2), ElementsAre("d[0].n.up", "d[1].n.down"));
  EXPECT_DOUBLE_EQ(nics.links[*nics.networks[0].middle].bandwidth_Bps, 10e9) << "2 x 10 / 2";
}

TEST(NetworkBuilderTest, EachMakesSeveral) {
  const PlatformSpec platform = machine("ring", 8, "d, each: 4");
  ASSERT_EQ(platform.networks.size(), 2U);
  EXPECT_EQ(platform.networks[1].name, "n[1]");
  EXPECT_EQ(platform.networks[1].group, "n");
  EXPECT_THAT(platform.networks[1].devices, ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(way(platform, 5, 7), ElementsAre("n[1][0-1]", "n[1][1-2]"));
  EXPECT_TRUE(way(platform, 4, 5).empty()) << "of two networks";
  EXPECT_EQ(added_links(platform), 16U);
  EXPECT_EQ(added_routes(platform), 24U);
}

/// 12 devices in boards of 4, nodes of 6 (which do not hold whole boards) are not possible; boards of 2 in nodes of 4
/// in one machine of 8, and beside it two devices in a pair.
TEST(NetworkBuilderTest, TheWayIsThatOfTheLowestNetworkThatBothAreIn) {
  const PlatformSpec platform = machine_of(
      "devices:\n  - {name: d, architecture: DEV, count: 8}\n  - {name: e, architecture: DEV, count: 2}\nnetworks:\n"
      "  - {name: all, between: d+e, topology: switch, bw_GBs: 1}\n"
      "  - {name: pair, between: d, each: 2, topology: mesh, bw_GBs: 100}\n"
      "  - {name: node, between: d, each: 4, topology: switch, bw_GBs: 10}\n");
  ASSERT_EQ(platform.networks.size(), 1U + 4 + 2);
  std::vector<std::size_t> levels;
  for (const NetworkSpec& network : platform.networks) levels.push_back(network.level);
  EXPECT_THAT(levels, ElementsAre(2, 0, 0, 0, 0, 1, 1));
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("pair[0][0-1]"));
  EXPECT_THAT(way(platform, 2, 3), ElementsAre("d[1].node.up", "d[2].node.down"));
  EXPECT_THAT(way(platform, 4, 5), ElementsAre("d[3].all.up", "d[4].all.down"));
  EXPECT_THAT(way(platform, 9, 10), ElementsAre("e[0].all.up", "e[1].all.down"));
  EXPECT_EQ(platform.network_of({2, 1}), 1U);
  EXPECT_EQ(platform.network_of({1, 2, 4}), 5U);
  EXPECT_EQ(platform.network_of({8, 1}), 0U);
  EXPECT_EQ(platform.network_of({1, host_device}), std::nullopt);
  // Every pair of ten devices once, though the pairs and nodes have ways of the machine's switch, too.
  EXPECT_EQ(platform.routes.used_count(), 2 * 10U + 10 * 9);
}

TEST(NetworkBuilderTest, ATorusGoesDimensionByDimension) {
  // Positions 0 1 2 / 3 4 5 / 6 7 8 / 9 10 11.
  const PlatformSpec platform = machine("torus, shape: {dimensions: [3, 4]}", 12);
  EXPECT_EQ(added_links(platform), 12U * 4);
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("n[0-1]"));
  EXPECT_THAT(way(platform, 1, 3), ElementsAre("n[0-2]")) << "over the end";
  EXPECT_THAT(way(platform, 1, 5), ElementsAre("n[0-1]", "n[1-4]"));
  EXPECT_THAT(way(platform, 1, 12), ElementsAre("n[0-2]", "n[2-11]"));
  EXPECT_EQ(platform.links[platform.routes[*platform.find_route(1, 12)].links[1]].owner, DeviceIndex{3});
  const PlatformSpec two = machine("torus, shape: {dimensions: [2, 2]}", 4);
  EXPECT_EQ(added_links(two), 8U) << "one wire each way between two";
  EXPECT_THAT(way(two, 1, 4), ElementsAre("n[0-1]", "n[1-3]"));
}

TEST(NetworkBuilderTest, AFatTreeGoesUpByDestination) {
  // Four switches of two devices each, under two switches at the top.
  const PlatformSpec platform = machine("fat_tree, shape: {down: [2, 4], up: [1, 2]}", 8);
  EXPECT_EQ(added_links(platform), 2 * 8U + 2 * 4 * 2);
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("n[0.0-1.0]", "n[1.0-0.1]"));
  EXPECT_THAT(way(platform, 1, 3), ElementsAre("n[0.0-1.0]", "n[1.0-2.0]", "n[2.0-1.1]", "n[1.1-0.2]"));
  EXPECT_THAT(way(platform, 1, 4), ElementsAre("n[0.0-1.0]", "n[1.0-2.1]", "n[2.1-1.1]", "n[1.1-0.3]"));
  EXPECT_EQ(platform.links[platform.networks[0].link].owner, DeviceIndex{1});
  EXPECT_FALSE(platform.links[platform.routes[*platform.find_route(1, 3)].links[1]].owner) << "between switches";
}

TEST(NetworkBuilderTest, ADragonflyGoesByItsColors) {
  // Two groups of two chassis of two routers of one device.
  const PlatformSpec platform =
      machine("dragonfly, shape: {groups: [2, 4], chassis: [2, 3], routers: [2, 1], nodes: 1}", 8);
  EXPECT_EQ(added_links(platform), 2 * 8U + 2 * 2 * 2 + 2 * 2 * 2 + 2);
  EXPECT_THAT(way(platform, 1, 2), ElementsAre("n.node[0].up", "n.green[0-1]", "n.node[1].down"));
  EXPECT_THAT(way(platform, 1, 3), ElementsAre("n.node[0].up", "n.black[0-2]", "n.node[2].down"));
  EXPECT_THAT(way(platform, 3, 2), ElementsAre("n.node[2].up", "n.green[2-3]", "n.black[3-1]", "n.node[1].down"));
  EXPECT_THAT(way(platform, 4, 8), ElementsAre("n.node[3].up", "n.black[3-1]", "n.blue[1-4]", "n.green[4-5]",
                                               "n.black[5-7]", "n.node[7].down"));
  const auto bandwidth = [&](std::size_t link) {
    return platform.links[platform.routes[*platform.find_route(4, 8)].links[link]].bandwidth_Bps;
  };
  EXPECT_EQ(bandwidth(0), 25e9);
  EXPECT_EQ(bandwidth(1), 75e9) << "three wires";
  EXPECT_EQ(bandwidth(2), 100e9) << "four wires";
  EXPECT_EQ(bandwidth(3), 25e9);
}

/// A law: whatever the machine, links that are twice as fast make no way slower, and where every link of it is, it is
/// twice as fast; lower latencies make none later.
TEST(NetworkBuilderTest, FasterLinksMakeNoWaySlower) {
  for (const char* const topology :
       {"switch", "switch, nic: {per: 3, bw_GBs: 20}", "switch, oversubscription: 3", "ring", "mesh",
        "torus, shape: {dimensions: [2, 6]}", "fat_tree, shape: {down: [3, 4], up: [2, 2], links: [1, 2]}",
        "dragonfly, shape: {groups: [2, 2], chassis: [3, 1], routers: [2, 3], nodes: 1}"}) {
    const auto with = [&](const std::string& figures) {
      return machine_of(
          "devices: [{name: d, architecture: DEV, count: 12}]\nnetworks: [{name: n, between: d, topology: " +
          std::string(topology) + ", " + figures + "}]");
    };
    const PlatformSpec slow = with("bw_GBs: 10, latency_ns: 8");
    const PlatformSpec fast = with("bw_GBs: 20, latency_ns: 4");
    for (DeviceIndex from = 1; from <= 12; ++from)
      for (DeviceIndex to = 1; to <= 12; ++to) {
        if (from == to) continue;
        const RouteSpec& before = slow.routes[*slow.find_route(from, to)];
        const RouteSpec& after = fast.routes[*fast.find_route(from, to)];
        EXPECT_EQ(before.links, after.links) << topology;
        EXPECT_EQ(2 * slow.bandwidth_Bps(before), fast.bandwidth_Bps(after)) << topology;
        EXPECT_LE(fast.latency_s(after), slow.latency_s(before)) << topology;
      }
  }
}
