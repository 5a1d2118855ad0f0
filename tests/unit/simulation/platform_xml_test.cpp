/// What `platform show --format xml` prints is a platform that SimGrid itself loads, with everything that the
/// specification says. One engine a process: each test is a process of its own.
#include <gtest/gtest.h>
#include <xbt/log.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <simgrid/s4u.hpp>

#include "platform/generated_platform.hpp"
#include "platform/platform_builder.hpp"
#include "platform/platform_writer.hpp"
#include "support/fixed_cost.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
namespace s4u = simgrid::s4u;

namespace {

DeviceRatings ratings(const Architecture& profile) {
  return test::FixedCost({}).ratings(profile);
}

class LoadedPlatform {
 public:
  explicit LoadedPlatform(const PlatformSpec& platform) : platform_(platform) {
    xbt_log_control_set("root.thres:critical");
    static std::string program = "test";
    static char* arguments[] = {program.data(), nullptr};
    int count = 1;
    engine_ = std::make_unique<s4u::Engine>(&count, arguments);
    engine_->load_platform(folder_.write("platform.xml", platform_xml(platform)));
  }

  void check() const {
    std::size_t hosts = 0;
    for (const DeviceSpec& device : platform_.devices) hosts += check_device(device);
    for (RouteIndex i = 0; i < platform_.routes.size(); ++i)
      if (platform_.routes.is_used(i)) hosts += check_route(i);
    EXPECT_EQ(hosts, engine_->get_host_count());
    for (const LinkSpec& link : platform_.links) check_link(link);
    for (const MediumSpec& medium : platform_.media) {
      const s4u::Link* link = engine_->link_by_name(medium.name);
      EXPECT_EQ(medium.bandwidth_Bps, link->get_bandwidth());
      EXPECT_EQ(0, link->get_latency());
      EXPECT_STREQ("0:0", link->get_property("wattage_range"));
    }
    // Without what SimGrid makes itself, whose names begin with underscores.
    const std::size_t links = platform_.devices.size() + platform_.links.size() + platform_.media.size();
    EXPECT_EQ(links, count_links());
  }

 private:
  std::size_t count_links() const {
    std::size_t count = 0;
    for (const s4u::Link* link : engine_->get_all_links())
      if (link->get_name().rfind("__", 0) != 0) ++count;
    return count;
  }

  /// The number of its hosts.
  std::size_t check_device(const DeviceSpec& device) const {
    check_host(device.name, device.ratings.flops_per_s, wattage_per_state(device.ratings.arithmetic_W));
    check_host(vector_host_name(device), device.ratings.flops_per_s, wattage_per_state(device.ratings.vector_W));
    const double idle_W = device.architecture.idle_W;
    if (idle_W > 0) check_host(idle_host_name(device), device.ratings.flops_per_s, idle_wattage(idle_W));
    const double active_W = device.architecture.active_W;
    if (active_W > 0) check_host(active_host_name(device), device.ratings.flops_per_s, wattage_per_state(active_W));
    check_link(device.memory);
    const s4u::Host* host = engine_->host_by_name(device.name);
    EXPECT_EQ(std::vector<std::string>{device.memory.name}, links_between(host, host));
    return 2 + (idle_W > 0 ? 1 : 0) + (active_W > 0 ? 1 : 0);
  }

  /// The number of hosts that only the route has.
  std::size_t check_route(RouteIndex index) const {
    const RouteSpec& route = platform_.routes[index];
    const DeviceSpec& from = platform_.devices[route.from];
    const bool to_itself = route.to.front() == route.from;
    const std::string end = route.broadcast() ? broadcast_end_name(index)
                            : to_itself       ? host_link_end_name(from)
                                              : platform_.devices[route.to.front()].name;
    std::vector<std::string> expected;
    double latency_s = 0;
    for (const LinkIndex link : route.links) {
      const LinkSpec& spec = platform_.links[link];
      expected.push_back(spec.name);
      if (spec.medium) expected.push_back(platform_.media[*spec.medium].name);
      latency_s += spec.latency_s;
    }
    double loaded_s = -1;
    EXPECT_EQ(expected, links_between(engine_->host_by_name(from.name), engine_->host_by_name(end), &loaded_s));
    EXPECT_NEAR(latency_s, loaded_s, 1e-12 * latency_s);
    if (!route.broadcast() && !to_itself) return 0;
    check_host(end, 1, wattage_per_state(0));
    return 1;
  }

  void check_host(const std::string& name, double speed_flops, const std::string& wattage) const {
    const s4u::Host* host = engine_->host_by_name(name);
    EXPECT_EQ(speed_flops, host->get_speed()) << name;
    EXPECT_EQ(wattage, host->get_property("wattage_per_state")) << name;
  }

  void check_link(const LinkSpec& spec) const {
    const s4u::Link* link = engine_->link_by_name(spec.name);
    EXPECT_EQ(spec.bandwidth_Bps, link->get_bandwidth()) << spec.name;
    EXPECT_EQ(spec.latency_s, link->get_latency()) << spec.name;
    EXPECT_EQ(wattage_range(spec.power_W), link->get_property("wattage_range")) << spec.name;
  }

  static std::vector<std::string> links_between(const s4u::Host* from, const s4u::Host* to,
                                                double* latency_s = nullptr) {
    std::vector<s4u::Link*> links;
    double sum_s = 0;
    from->route_to(to, links, &sum_s);
    if (latency_s != nullptr) *latency_s = sum_s;
    std::vector<std::string> names;
    for (const s4u::Link* link : links) names.push_back(link->get_name());
    return names;
  }

  const PlatformSpec& platform_;
  test::TemporaryFolder folder_;
  std::unique_ptr<s4u::Engine> engine_;
};

class ShippedPlatformXml : public testing::TestWithParam<std::string> {};

/// All but the one that has more ways than are put down.
std::vector<std::string> shipped() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(PROJECT_DIR "/platforms"))
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "h100_cluster")
      names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST(PlatformXml, SimGridLoadsIt) {
  Architecture a = test::device("A");
  a.idle_W = 5;
  a.link_latency_s = 1e-6;
  const PlatformSpec platform = generate_platform({test::device("HOST"), a}, ratings, true);
  const LoadedPlatform loaded(platform);
  loaded.check();

  const s4u::Engine* engine = s4u::Engine::get_instance();
  const s4u::Host* host = engine->host_by_name("HOST");
  const s4u::Host* device = engine->host_by_name("A");
  EXPECT_EQ(1e12, device->get_speed());
  EXPECT_STREQ("0:0:2", device->get_property("wattage_per_state"));
  EXPECT_STREQ("0:0:3", engine->host_by_name("A.fixed_time")->get_property("wattage_per_state"));
  EXPECT_STREQ("5:5:5", engine->host_by_name("A.idle")->get_property("wattage_per_state"));
  std::vector<s4u::Link*> links;
  host->route_to(device, links, nullptr);
  ASSERT_EQ(1U, links.size());
  EXPECT_EQ("A.host_to_device", links[0]->get_name());
  EXPECT_EQ(10e9, links[0]->get_bandwidth());
  EXPECT_EQ(1e-6, links[0]->get_latency());
  EXPECT_DOUBLE_EQ(1.6, std::stod(std::string(links[0]->get_property("wattage_range")).substr(2)));
}

TEST_P(ShippedPlatformXml, SimGridLoadsIt) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  const PlatformSpec platform = build_platform(
      read_platform_file(PROJECT_DIR "/platforms/" + GetParam() + ".yaml"), Catalogue::builtin(),
      [](const Architecture& host) { return host; }, ratings, false);
  const LoadedPlatform loaded(platform);
  loaded.check();
}

INSTANTIATE_TEST_SUITE_P(Platforms, ShippedPlatformXml, testing::ValuesIn(shipped()),
                         [](const auto& tested) { return tested.param; });

TEST(PlatformXml, SimGridLoadsRingsAndMeshes) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  const test::TemporaryFolder folder;
  const PlatformSpec platform = build_platform(
      read_platform_file(folder.write("m.yaml", R"(
name: "<a> & \"b\" --"
links: [{name: c, count: 2, duplex: half, bw_GBs: 3, latency_ns: 7, pj_per_bit: 5}]
devices:
  - {name: a, architecture: H100, count: 6, under: c, broadcast: true, idle_W: 9}
  - {name: b, architecture: H100, count: 4}
networks:
  - {name: ring, between: a, topology: ring, bw_GBs: 1, latency_ns: 3}
  - {name: mesh, between: b, topology: mesh, bw_GBs: 2}
)")),
      Catalogue::builtin(), [](const Architecture& host) { return host; }, ratings, true);
  const LoadedPlatform loaded(platform);
  loaded.check();
}
