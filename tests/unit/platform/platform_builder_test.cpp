#include "platform/platform_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_machine.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

std::vector<std::string> names_of(const PlatformSpec& platform, const std::vector<LinkIndex>& links) {
  std::vector<std::string> names;
  for (const LinkIndex link : links) names.push_back(platform.links[link].name);
  return names;
}

std::vector<std::string> way(const PlatformSpec& platform, DeviceIndex from, DeviceIndex to) {
  const auto route = platform.find_route(from, to);
  return route ? names_of(platform, platform.routes[*route].links) : std::vector<std::string>{"none"};
}

const LinkSpec& link(const PlatformSpec& platform, const char* name) {
  for (const LinkSpec& candidate : platform.links)
    if (candidate.name == name) return candidate;
  throw std::runtime_error(std::string("no link ") + name);
}

void expect_equal(const LinkSpec& a, const LinkSpec& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.bandwidth_Bps, b.bandwidth_Bps);
  EXPECT_EQ(a.latency_s, b.latency_s);
  EXPECT_EQ(a.power_W, b.power_W);
  EXPECT_EQ(a.role, b.role);
  EXPECT_EQ(a.owner, b.owner);
  EXPECT_EQ(a.medium, b.medium);
}

void expect_equal(const Architecture& a, const Architecture& b) {
  EXPECT_EQ(a.name, b.name);
  for (const auto port : {&Architecture::host_to_device, &Architecture::device_to_host, &Architecture::memory}) {
    EXPECT_EQ((a.*port).bandwidth_Bps, (b.*port).bandwidth_Bps);
    EXPECT_EQ((a.*port).energy_J_per_byte, (b.*port).energy_J_per_byte);
  }
  EXPECT_EQ(a.flops_per_s, b.flops_per_s);
  EXPECT_EQ(a.energy_J_per_flop, b.energy_J_per_flop);
  EXPECT_EQ(a.compute_efficiency, b.compute_efficiency);
  EXPECT_EQ(a.memory_efficiency, b.memory_efficiency);
  EXPECT_EQ(a.launch_overhead_s, b.launch_overhead_s);
  EXPECT_EQ(a.capacity_B, b.capacity_B);
  EXPECT_EQ(a.idle_W, b.idle_W);
  EXPECT_EQ(a.active_W, b.active_W);
  EXPECT_EQ(a.power_limit_W, b.power_limit_W);
  EXPECT_EQ(a.link_latency_s, b.link_latency_s);
}

void expect_equal(const DeviceSpec& a, const DeviceSpec& b) {
  EXPECT_EQ(a.name, b.name);
  expect_equal(a.architecture, b.architecture);
  EXPECT_EQ(a.ratings.flops_per_s, b.ratings.flops_per_s);
  EXPECT_EQ(a.ratings.arithmetic_W, b.ratings.arithmetic_W);
  EXPECT_EQ(a.ratings.vector_W, b.ratings.vector_W);
  EXPECT_EQ(a.ratings.memory_Bps, b.ratings.memory_Bps);
  EXPECT_EQ(a.ratings.memory_W, b.ratings.memory_W);
  expect_equal(a.memory, b.memory);
  EXPECT_EQ(a.from_host, b.from_host);
  EXPECT_EQ(a.to_host, b.to_host);
  EXPECT_EQ(a.under, b.under);
}

void expect_equal(const PlatformSpec& a, const PlatformSpec& b) {
  ASSERT_EQ(a.devices.size(), b.devices.size());
  for (std::size_t i = 0; i < a.devices.size(); ++i) expect_equal(a.devices[i], b.devices[i]);
  ASSERT_EQ(a.links.size(), b.links.size());
  for (std::size_t i = 0; i < a.links.size(); ++i) expect_equal(a.links[i], b.links[i]);
  ASSERT_EQ(a.routes.size(), b.routes.size());
  for (std::size_t i = 0; i < a.routes.size(); ++i) {
    EXPECT_EQ(a.routes[i].from, b.routes[i].from);
    EXPECT_EQ(a.routes[i].to, b.routes[i].to);
    EXPECT_EQ(a.routes[i].links, b.routes[i].links);
  }
  ASSERT_EQ(a.groups.size(), b.groups.size());
  for (std::size_t i = 0; i < a.groups.size(); ++i) {
    EXPECT_EQ(a.groups[i].name, b.groups[i].name);
    EXPECT_EQ(a.groups[i].architecture, b.groups[i].architecture);
    EXPECT_EQ(a.groups[i].first, b.groups[i].first);
    EXPECT_EQ(a.groups[i].count, b.groups[i].count);
  }
  EXPECT_EQ(a.media.size(), b.media.size());
  EXPECT_EQ(a.shared_links.size(), b.shared_links.size());
  EXPECT_EQ(a.networks.size(), b.networks.size());
}

std::string build_error(const std::string& yaml) {
  const test::TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("profiles.yaml", profiles_yaml));
  const PlatformFile file = read_platform_file(folder.write("m.yaml", yaml));
  const std::string error = test::input_error([&] {
    build_platform(
        file, catalogue, [](const Architecture& host) { return host; }, peak_ratings, false);
  });
  return test::replaced(error, folder.str() + "/", "");
}

}  // namespace

TEST(PlatformBuilderTest, OneDeviceIsTheGeneratedPlatform) {
  const test::TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("profiles.yaml", profiles_yaml));
  const std::vector<Architecture> profiles{*catalogue.find("HOST"), *catalogue.find("DEV")};
  for (const bool host_link : {false, true}) {
    const PlatformSpec platform = machine_of("devices: [{name: DEV, architecture: DEV}]", host_link);
    EXPECT_EQ(platform.devices.size(), 2U);
    expect_equal(platform, generate_platform(profiles, peak_ratings, host_link));
  }
}

TEST(PlatformBuilderTest, TheHostsPowerAndTheShareThatCounts) {
  const auto host = [](const std::string& figures) {
    return machine_of("host: {" + figures + "}\ndevices: [{name: a, architecture: DEV}]").devices[0].architecture;
  };
  EXPECT_EQ(host("").idle_W, 0);
  EXPECT_EQ(host("idle_W: 4600, active_W: 300").idle_W, 4600);
  EXPECT_EQ(host("idle_W: 4600, active_W: 300").active_W, 300);
  // One of eight GPUs.
  EXPECT_EQ(host("idle_W: 4600, active_W: 300, power_share: 0.125").idle_W, 575);
  EXPECT_EQ(host("idle_W: 4600, active_W: 300, power_share: 0.125").active_W, 37.5);
}

TEST(PlatformBuilderTest, TheTitleIsTheFiles) {
  EXPECT_EQ(four_modules().name, "four modules");
}

TEST(PlatformBuilderTest, AGroupsDevicesAreNumbered) {
  const PlatformSpec platform = machine_of(
      "devices:\n  - {name: a, architecture: DEV}\n  - {name: b-b, architecture: DEV, count: 2, capacity_GB: 3, "
      "idle_W: 4}");
  ASSERT_EQ(platform.devices.size(), 4U);
  EXPECT_EQ(platform.devices[1].name, "a");
  EXPECT_EQ(platform.devices[2].name, "b-b[0]");
  EXPECT_EQ(platform.devices[3].name, "b-b[1]");
  EXPECT_EQ(platform.devices[3].memory.name, "b-b[1].memory");
  EXPECT_EQ(platform.devices[3].architecture.name, "DEV");
  EXPECT_EQ(platform.devices[3].architecture.capacity_B, 3e9);
  EXPECT_EQ(platform.devices[3].architecture.idle_W, 4);
  EXPECT_FALSE(platform.devices[1].architecture.capacity_B);
  ASSERT_EQ(platform.groups.size(), 2U);
  EXPECT_EQ(platform.groups[0].name, "a");
  EXPECT_EQ(platform.groups[0].first, DeviceIndex{1});
  EXPECT_EQ(platform.groups[0].count, 1U);
  EXPECT_EQ(platform.groups[1].name, "b-b");
  EXPECT_EQ(platform.groups[1].architecture, "DEV");
  EXPECT_EQ(platform.groups[1].first, DeviceIndex{2});
  EXPECT_EQ(platform.groups[1].count, 2U);
  EXPECT_THAT(way(platform, 0, 3), ElementsAre("b-b[1].host_to_device"));
  EXPECT_THAT(way(platform, 3, 0), ElementsAre("b-b[1].device_to_host"));
  EXPECT_THAT(way(platform, 2, 3), ElementsAre("none"));
  EXPECT_FALSE(platform.has_peer_routes());
}

TEST(PlatformBuilderTest, RoutesCrossTheSharedLinksInOrder) {
  const PlatformSpec platform = four_modules();
  EXPECT_THAT(way(platform, 0, 1),
              ElementsAre("board.host_to_device", "channel[0].host_to_device", "module[0].host_to_device"));
  EXPECT_THAT(way(platform, 0, 2),
              ElementsAre("board.host_to_device", "channel[0].host_to_device", "module[1].host_to_device"));
  EXPECT_THAT(way(platform, 3, 0),
              ElementsAre("module[2].device_to_host", "channel[1].device_to_host", "board.device_to_host"));
  EXPECT_THAT(way(platform, 4, 0),
              ElementsAre("module[3].device_to_host", "channel[1].device_to_host", "board.device_to_host"));
  const RouteSpec& down = platform.routes[*platform.devices[3].from_host];
  EXPECT_EQ(platform.bandwidth_Bps(down), 10e9) << "the module's own link";
  EXPECT_DOUBLE_EQ(platform.latency_s(down), 800e-9) << "100 ns of the board and 700 ns of the module's own link";
  EXPECT_DOUBLE_EQ(platform.energy_J_per_byte(down), 81 * 8e-12) << "1 pJ/bit of the channel and 80 of the own link";
  const RouteSpec& up = platform.routes[*platform.devices[3].to_host];
  EXPECT_EQ(platform.bandwidth_Bps(up), 20e9) << "the channel; own link 40, board 50";
  EXPECT_DOUBLE_EQ(platform.energy_J_per_byte(up), 21 * 8e-12);
}

TEST(PlatformBuilderTest, SharedLinksAndMedia) {
  const PlatformSpec platform = four_modules();
  const LinkSpec& board = link(platform, "board.device_to_host");
  EXPECT_EQ(board.bandwidth_Bps, 50e9);
  EXPECT_EQ(board.power_W, 0);
  EXPECT_EQ(board.role, LinkRole::DeviceToHost);
  EXPECT_FALSE(board.owner);
  EXPECT_FALSE(board.medium);
  ASSERT_EQ(platform.media.size(), 2U);
  EXPECT_EQ(platform.media[1].name, "channel[1].medium");
  EXPECT_EQ(platform.media[1].bandwidth_Bps, 20e9);
  EXPECT_EQ(link(platform, "channel[1].host_to_device").medium, std::size_t{1});
  EXPECT_EQ(link(platform, "channel[1].device_to_host").medium, std::size_t{1});
  EXPECT_EQ(link(platform, "channel[0].device_to_host").medium, std::size_t{0});
  EXPECT_DOUBLE_EQ(link(platform, "channel[0].host_to_device").power_W, 20e9 * 8e-12);
  EXPECT_EQ(link(platform, "module[2].host_to_device").owner, DeviceIndex{3});

  ASSERT_EQ(platform.shared_links.size(), 3U);
  EXPECT_EQ(platform.shared_links[1].name, "channel[1]");
  EXPECT_EQ(platform.shared_links[1].group, "channel");
  EXPECT_EQ(platform.shared_links[1].under, std::size_t{2}) << "the board, which the file names after the channels";
  EXPECT_FALSE(platform.shared_links[2].under);
  EXPECT_EQ(platform.links[platform.shared_links[1].device_to_host].name, "channel[1].device_to_host");
  EXPECT_EQ(platform.devices[2].under, std::size_t{0});
  EXPECT_EQ(platform.devices[3].under, std::size_t{1});
}

TEST(PlatformBuilderTest, ASharedLinkOfOneDeviceHasNoOwner) {
  const PlatformSpec platform =
      machine_of("links: [{name: l, bw_GBs: 1}]\ndevices: [{name: d, architecture: DEV, under: l}]");
  EXPECT_FALSE(link(platform, "l.host_to_device").owner);
  EXPECT_THAT(way(platform, 0, 1), ElementsAre("l.host_to_device", "d.host_to_device"));
}

TEST(PlatformBuilderTest, TwelveAreSpreadOverTwoInOrder) {
  const PlatformSpec platform = machine_of(
      "links:\n  - {name: s, count: 2, bw_GBs: 1}\n  - {name: c, count: 12, under: s, bw_GBs: 1}\n"
      "devices: [{name: d, architecture: DEV, count: 24, under: c}]");
  EXPECT_THAT(way(platform, 0, 1 + 3),
              ElementsAre("s[0].host_to_device", "c[1].host_to_device", "d[3].host_to_device"));
  EXPECT_THAT(way(platform, 0, 1 + 11),
              ElementsAre("s[0].host_to_device", "c[5].host_to_device", "d[11].host_to_device"));
  EXPECT_THAT(way(platform, 0, 1 + 12),
              ElementsAre("s[1].host_to_device", "c[6].host_to_device", "d[12].host_to_device"));
  EXPECT_THAT(way(platform, 0, 1 + 23),
              ElementsAre("s[1].host_to_device", "c[11].host_to_device", "d[23].host_to_device"));
}

TEST(PlatformBuilderTest, ABroadcastCrossesEveryLinkOnce) {
  const PlatformSpec platform = four_modules();
  std::vector<const RouteSpec*> broadcasts;
  for (const RouteSpec& route : platform.routes)
    if (route.broadcast()) broadcasts.push_back(&route);
  ASSERT_EQ(broadcasts.size(), 1U);
  EXPECT_EQ(broadcasts[0], &platform.routes[8]) << "after the routes to and from four modules";
  EXPECT_EQ(broadcasts[0]->from, host_device);
  EXPECT_THAT(broadcasts[0]->to, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(names_of(platform, broadcasts[0]->links),
              ElementsAre("board.host_to_device", "channel[0].host_to_device", "module[0].host_to_device",
                          "module[1].host_to_device", "channel[1].host_to_device", "module[2].host_to_device",
                          "module[3].host_to_device"));
  EXPECT_DOUBLE_EQ(platform.energy_J_per_byte(*broadcasts[0]), (2 * 1 + 4 * 80) * 8e-12);
  EXPECT_EQ(platform.bandwidth_Bps(*broadcasts[0]), 10e9);
  EXPECT_DOUBLE_EQ(platform.latency_s(*broadcasts[0]), 800e-9) << "the way to one of them, not of all";
}

TEST(PlatformBuilderTest, OneDeviceNeedsNoBroadcast) {
  const PlatformSpec platform = machine_of("devices: [{name: d, architecture: DEV, broadcast: true}]");
  EXPECT_EQ(platform.routes.size(), 2U);
}

TEST(PlatformBuilderTest, HostProfileAndCapacity) {
  const test::TemporaryFolder folder;
  Catalogue catalogue;
  catalogue.add_file(folder.write("profiles.yaml", profiles_yaml));
  const PlatformFile file = read_platform_file(
      folder.write("m.yaml", "host: {architecture: DEV, capacity_GB: 64}\ndevices: [{name: d, architecture: DEV}]"));
  const PlatformSpec platform = build_platform(
      file, catalogue,
      [](const Architecture& host) {
        Architecture faster = host;
        faster.flops_per_s *= 2;
        return faster;
      },
      peak_ratings, false);
  EXPECT_EQ(platform.devices[0].name, "HOST");
  EXPECT_EQ(platform.devices[0].architecture.name, "DEV");
  EXPECT_EQ(platform.devices[0].ratings.flops_per_s, 10e12) << "twice the profile's";
  EXPECT_EQ(platform.devices[0].architecture.capacity_B, 64e9);
  EXPECT_EQ(platform.devices[1].ratings.flops_per_s, 5e12);
}

TEST(PlatformBuilderTest, UnknownArchitectures) {
  EXPECT_EQ(build_error("devices:\n  - {name: d, architecture: DEW}"),
            "m.yaml:2: devices[0].architecture: unknown device 'DEW'; expected one of 'upmem-des arch list'; did you "
            "mean 'DEV'?");
  EXPECT_EQ(build_error("host: {architecture: HSOT}\ndevices: [{name: d, architecture: DEV}]"),
            "m.yaml:1: host.architecture: unknown device 'HSOT'; expected one of 'upmem-des arch list'; did you mean "
            "'HOST'?");
}

TEST(PlatformBuilderTest, ALimitThatLeavesNothingForWork) {
  EXPECT_EQ(build_error("devices:\n  - {name: d, architecture: DEV, active_W: 40, idle_W: 60, power_limit_W: 100}"),
            "m.yaml:2: device 'd': a power limit of 100 W is not above idle_W + active_W, 100 W; expected more");
}
