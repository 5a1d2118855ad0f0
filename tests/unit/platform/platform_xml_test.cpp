#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/platform_writer.hpp"
#include "small_machine.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

/// What stands between `before` and the next `after`, for each `before`.
std::vector<std::string> all_between(const std::string& text, const std::string& before, const std::string& after) {
  std::vector<std::string> found;
  for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at)) {
    at += before.size();
    found.push_back(text.substr(at, text.find(after, at) - at));
  }
  return found;
}

/// The only number between the two.
double number(const std::string& text, const std::string& before, const std::string& after) {
  const auto found = all_between(text, before, after);
  EXPECT_EQ(found.size(), 1U) << before;
  double value = -1;
  EXPECT_TRUE(!found.empty() && parse_number(found[0], value)) << before;
  return value;
}

/// The element from its id to the next element of the same level.
std::string element(const std::string& xml, const std::string& kind, const std::string& id) {
  const auto found = all_between(xml, "<" + kind + " id=\"" + id + "\"", "</" + kind + ">");
  EXPECT_EQ(found.size(), 1U) << id;
  return found.empty() ? "" : found[0];
}

}  // namespace

TEST(PlatformXmlTest, Whole) {
  PlatformSpec platform = small_machine();
  // The products of bandwidth and energy are a last bit off.
  platform.devices[0].memory.power_W = 8;
  platform.devices[1].memory.power_W = 1.6;
  platform.links[0].power_W = 6.4;
  platform.links[1].power_W = 6.4;
  EXPECT_EQ(platform_xml(platform),
            R"(<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="machine" routing="Full">
    <host id="HOST" speed="2000000000000f">
      <prop id="wattage_per_state" value="0:0:100"/>
    </host>
    <host id="HOST.fixed_time" speed="2000000000000f">
      <prop id="wattage_per_state" value="0:0:10"/>
    </host>
    <host id="DEV" speed="5000000000000f">
      <prop id="wattage_per_state" value="0:0:2"/>
    </host>
    <host id="DEV.fixed_time" speed="5000000000000f">
      <prop id="wattage_per_state" value="0:0:0.2"/>
    </host>
    <link id="HOST.memory" bandwidth="100000000000Bps" latency="0s">
      <prop id="wattage_range" value="0:8"/>
    </link>
    <link id="DEV.memory" bandwidth="200000000000Bps" latency="0s">
      <prop id="wattage_range" value="0:1.6"/>
    </link>
    <link id="DEV.host_to_device" bandwidth="10000000000Bps" latency="7e-07s">
      <prop id="wattage_range" value="0:6.4"/>
    </link>
    <link id="DEV.device_to_host" bandwidth="40000000000Bps" latency="7e-07s">
      <prop id="wattage_range" value="0:6.4"/>
    </link>
    <route src="HOST" dst="HOST" symmetrical="NO"><link_ctn id="HOST.memory"/></route>
    <route src="DEV" dst="DEV" symmetrical="NO"><link_ctn id="DEV.memory"/></route>
    <route src="HOST" dst="DEV" symmetrical="NO"><link_ctn id="DEV.host_to_device"/></route>
    <route src="DEV" dst="HOST" symmetrical="NO"><link_ctn id="DEV.device_to_host"/></route>
  </zone>
</platform>
)");
}

TEST(PlatformXmlTest, NumbersReadBackAsTheSameDoubles) {
  PlatformSpec platform = small_machine();
  DeviceSpec& device = platform.devices[1];
  device.ratings.flops_per_s = 1e13 / 3;
  device.ratings.arithmetic_W = 0.1 + 0.2;
  device.ratings.vector_W = 1.0 / 7;
  platform.links[0].bandwidth_Bps = 12.8e9 / 3;
  platform.links[0].latency_s = 1e-9 / 3;
  platform.links[0].power_W = 8.0 / 3;
  const std::string xml = platform_xml(platform);
  const std::string host = element(xml, "host", "DEV");
  EXPECT_EQ(number(host, "speed=\"", "f\""), 1e13 / 3);
  EXPECT_EQ(number(host, "value=\"0:0:", "\""), 0.1 + 0.2);
  EXPECT_EQ(number(element(xml, "host", "DEV.fixed_time"), "value=\"0:0:", "\""), 1.0 / 7);
  const std::string link = element(xml, "link", "DEV.host_to_device");
  EXPECT_EQ(number(link, "bandwidth=\"", "Bps\""), 12.8e9 / 3);
  EXPECT_EQ(number(link, "latency=\"", "s\""), 1e-9 / 3);
  EXPECT_EQ(number(link, "value=\"0:", "\""), 8.0 / 3);
}

TEST(PlatformXmlTest, IdlePowerIsAHostOfItsOwn) {
  EXPECT_THAT(platform_xml(small_machine()), Not(HasSubstr(".idle")));
  PlatformSpec platform = small_machine();
  platform.devices[1].architecture.idle_W = 12.5;
  EXPECT_THAT(platform_xml(platform), HasSubstr("<host id=\"DEV.idle\" speed=\"5000000000000f\">\n"
                                                "      <prop id=\"wattage_per_state\" value=\"12.5:12.5:12.5\"/>"));
}

TEST(PlatformXmlTest, ActivePowerIsAHostOfItsOwn) {
  EXPECT_THAT(platform_xml(small_machine()), Not(HasSubstr(".active")));
  PlatformSpec platform = small_machine();
  platform.devices[1].architecture.active_W = 12.5;
  EXPECT_THAT(platform_xml(platform), HasSubstr("<host id=\"DEV.active\" speed=\"5000000000000f\">\n"
                                                "      <prop id=\"wattage_per_state\" value=\"0:0:12.5\"/>"));
}

TEST(PlatformXmlTest, TheHostsLinkToItselfHasAnEnd) {
  const std::string xml = platform_xml(small_machine(true));
  EXPECT_THAT(xml, HasSubstr("<host id=\"HOST.link_end\" speed=\"1f\">\n"
                             "      <prop id=\"wattage_per_state\" value=\"0:0:0\"/>"));
  EXPECT_THAT(xml, HasSubstr("<route src=\"HOST\" dst=\"HOST.link_end\" symmetrical=\"NO\"><link_ctn "
                             "id=\"HOST.device_to_host\"/></route>"));
}

TEST(PlatformXmlTest, IsWellFormed) {
  PlatformSpec platform = small_machine(true);
  platform.devices[1].architecture.idle_W = 1;
  const std::string xml = platform_xml(platform);
  for (const std::string kind : {"host", "link", "route", "zone", "platform"})
    EXPECT_EQ(all_between(xml, "<" + kind + " ", ">").size(), all_between(xml, "</" + kind, ">").size()) << kind;
  // Every route's ends and link are there, and no name is there twice.
  const auto hosts = all_between(xml, "<host id=\"", "\"");
  const auto links = all_between(xml, "<link id=\"", "\"");
  EXPECT_THAT(hosts, ElementsAre("HOST", "HOST.fixed_time", "DEV", "DEV.fixed_time", "DEV.idle", "HOST.link_end"));
  EXPECT_THAT(links, ElementsAre("HOST.memory", "DEV.memory", "HOST.device_to_host", "DEV.host_to_device",
                                 "DEV.device_to_host"));
  for (const char* attribute : {"src=\"", "dst=\""})
    for (const std::string& end : all_between(xml, attribute, "\"")) EXPECT_THAT(hosts, testing::Contains(end));
  EXPECT_THAT(all_between(xml, "<link_ctn id=\"", "\""), testing::UnorderedElementsAreArray(links));
}

TEST(PlatformXmlTest, SharedLinksMediaAndBroadcasts) {
  const PlatformSpec platform = four_modules();
  const std::string xml = platform_xml(platform);
  EXPECT_THAT(xml, HasSubstr("<link id=\"channel[1].medium\" bandwidth=\"20000000000Bps\" latency=\"0s\">\n"
                             "      <prop id=\"wattage_range\" value=\"0:0\"/>"));
  EXPECT_THAT(xml,
              HasSubstr("<route src=\"HOST\" dst=\"module[2]\" symmetrical=\"NO\">"
                        "<link_ctn id=\"board.host_to_device\"/><link_ctn id=\"channel[1].host_to_device\"/>"
                        "<link_ctn id=\"channel[1].medium\"/><link_ctn id=\"module[2].host_to_device\"/></route>"));
  EXPECT_THAT(xml, HasSubstr("<route src=\"module[2]\" dst=\"HOST\" symmetrical=\"NO\">"
                             "<link_ctn id=\"module[2].device_to_host\"/><link_ctn id=\"channel[1].device_to_host\"/>"
                             "<link_ctn id=\"channel[1].medium\"/><link_ctn id=\"board.device_to_host\"/></route>"));
  // Eight routes to and from the modules come first.
  EXPECT_THAT(xml, HasSubstr("<host id=\"route8.end\" speed=\"1f\">"));
  EXPECT_THAT(xml, HasSubstr("<route src=\"HOST\" dst=\"route8.end\" symmetrical=\"NO\">"
                             "<link_ctn id=\"board.host_to_device\"/>"));
  EXPECT_THAT(xml, HasSubstr("<route src=\"module[0]\" dst=\"module[3]\" symmetrical=\"NO\">"
                             "<link_ctn id=\"peer[0-3]\"/></route>"));
}

TEST(PlatformXmlTest, NamesAreEscaped) {
  PlatformSpec platform = small_machine();
  platform.devices[1].name = "A<B>&\"C\"";
  const std::string xml = platform_xml(platform);
  EXPECT_THAT(xml, HasSubstr("<host id=\"A&lt;B&gt;&amp;&quot;C&quot;\" speed"));
  EXPECT_THAT(xml, HasSubstr("dst=\"A&lt;B&gt;&amp;&quot;C&quot;\" symmetrical"));
  EXPECT_THAT(xml, Not(HasSubstr("A<B")));
}
