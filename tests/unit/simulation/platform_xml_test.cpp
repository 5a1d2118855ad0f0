/// What `platform show --format xml` prints is a platform that SimGrid itself loads.
#include <gtest/gtest.h>
#include <xbt/log.h>

#include <fstream>
#include <simgrid/s4u.hpp>

#include "platform/generated_platform.hpp"
#include "platform/platform_writer.hpp"
#include "support/fixed_cost.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
namespace s4u = simgrid::s4u;

TEST(PlatformXml, SimGridLoadsIt) {
  const test::TemporaryFolder folder;
  const test::FixedCost model({});
  Architecture a = test::device("A");
  a.idle_W = 5;
  a.link_latency_s = 1e-6;
  const PlatformSpec platform = generate_platform(
      {test::device("HOST"), a}, [&](const Architecture& p) { return model.ratings(p); }, true);
  const std::string path = folder.write("platform.xml", platform_xml(platform));

  xbt_log_control_set("root.thres:critical");
  std::string program = "test";
  char* arguments[] = {program.data(), nullptr};
  int count = 1;
  s4u::Engine engine(&count, arguments);
  engine.load_platform(path);

  const s4u::Host* host = engine.host_by_name("HOST");
  const s4u::Host* device = engine.host_by_name("A");
  EXPECT_EQ(1e12, device->get_speed());
  EXPECT_STREQ("0:0:2", device->get_property("wattage_per_state"));
  EXPECT_STREQ("0:0:3", engine.host_by_name("A.fixed_time")->get_property("wattage_per_state"));
  EXPECT_STREQ("5:5:5", engine.host_by_name("A.idle")->get_property("wattage_per_state"));

  std::vector<s4u::Link*> links;
  double latency_s = 0;
  host->route_to(device, links, &latency_s);
  ASSERT_EQ(1U, links.size());
  EXPECT_EQ("A.host_to_device", links[0]->get_name());
  EXPECT_EQ(10e9, links[0]->get_bandwidth());
  EXPECT_EQ(1e-6, links[0]->get_latency());
  EXPECT_DOUBLE_EQ(1.6, std::stod(std::string(links[0]->get_property("wattage_range")).substr(2)));

  links.clear();
  device->route_to(host, links, nullptr);
  ASSERT_EQ(1U, links.size());
  EXPECT_EQ(5e9, links[0]->get_bandwidth());

  links.clear();
  device->route_to(device, links, nullptr);
  ASSERT_EQ(1U, links.size());
  EXPECT_EQ("A.memory", links[0]->get_name());
  EXPECT_EQ(100e9, links[0]->get_bandwidth());

  links.clear();
  host->route_to(engine.host_by_name("HOST.link_end"), links, nullptr);
  ASSERT_EQ(1U, links.size());
  EXPECT_EQ("HOST.device_to_host", links[0]->get_name());
}
