#include <fmt/format.h>

#include "platform/platform_writer.hpp"

namespace upmem_des {

namespace {

// Device names are letters, digits and underscores (architecture_reader.cpp), so nothing needs escaping.

std::string host_xml(const std::string& name, double speed_flops, const std::string& wattage) {
  return fmt::format(
      "    <host id=\"{}\" speed=\"{}f\">\n      <prop id=\"wattage_per_state\" value=\"{}\"/>\n    </host>\n", name,
      speed_flops, wattage);
}

std::string link_xml(const LinkSpec& link) {
  return fmt::format(
      "    <link id=\"{}\" bandwidth=\"{}Bps\" latency=\"{}s\">\n      <prop id=\"wattage_range\" value=\"{}\"/>\n"
      "    </link>\n",
      link.name, link.bandwidth_Bps, link.latency_s, wattage_range(link.power_W));
}

std::string route_xml(const std::string& from, const std::string& to, const LinkSpec& link) {
  return fmt::format("    <route src=\"{}\" dst=\"{}\" symmetrical=\"NO\"><link_ctn id=\"{}\"/></route>\n", from, to,
                     link.name);
}

}  // namespace

std::string vector_host_name(const DeviceSpec& device) {
  return device.name + ".fixed_time";
}

std::string host_link_end_name(const DeviceSpec& device) {
  return device.name + ".link_end";
}

std::string idle_host_name(const DeviceSpec& device) {
  return device.name + ".idle";
}

std::string idle_wattage(double power_W) {
  return fmt::format("{0}:{0}:{0}", power_W);
}

std::string wattage_per_state(double power_W) {
  return fmt::format("0:0:{}", power_W);
}

std::string wattage_range(double power_W) {
  return fmt::format("0:{}", power_W);
}

std::string platform_xml(const PlatformSpec& platform) {
  std::string hosts, links, routes;
  const std::string& host = platform.devices[host_device].name;
  for (const DeviceSpec& device : platform.devices) {
    hosts += host_xml(device.name, device.ratings.flops_per_s, wattage_per_state(device.ratings.arithmetic_W));
    hosts += host_xml(vector_host_name(device), device.ratings.flops_per_s, wattage_per_state(device.ratings.vector_W));
    if (device.architecture.idle_W > 0)
      hosts += host_xml(idle_host_name(device), device.ratings.flops_per_s, idle_wattage(device.architecture.idle_W));
    links += link_xml(device.memory);
    routes += route_xml(device.name, device.name, device.memory);
    if (device.from_host) {
      links += link_xml(*device.from_host);
      routes += route_xml(host, device.name, *device.from_host);
    }
    if (device.to_host) {
      const bool to_itself = device.name == host;
      if (to_itself) hosts += host_xml(host_link_end_name(device), device.ratings.flops_per_s, wattage_per_state(0));
      links += link_xml(*device.to_host);
      routes += route_xml(device.name, to_itself ? host_link_end_name(device) : host, *device.to_host);
    }
  }
  return "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
         "<platform version=\"4.1\">\n  <zone id=\"machine\" routing=\"Full\">\n" +
         hosts + links + routes + "  </zone>\n</platform>\n";
}

}  // namespace upmem_des
