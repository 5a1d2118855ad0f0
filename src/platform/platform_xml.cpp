#include <fmt/format.h>

#include "platform/platform_writer.hpp"
#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

/// Text in an attribute.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string host_xml(const std::string& name, double speed_flops, const std::string& wattage) {
  return fmt::format(
      "    <host id=\"{}\" speed=\"{}f\">\n      <prop id=\"wattage_per_state\" value=\"{}\"/>\n    </host>\n",
      escaped(name), speed_flops, wattage);
}

std::string link_xml(const std::string& name, double bandwidth_Bps, double latency_s, double power_W) {
  return fmt::format(
      "    <link id=\"{}\" bandwidth=\"{}Bps\" latency=\"{}s\">\n      <prop id=\"wattage_range\" value=\"{}\"/>\n"
      "    </link>\n",
      escaped(name), bandwidth_Bps, latency_s, wattage_range(power_W));
}

std::string link_xml(const LinkSpec& link) {
  return link_xml(link.name, link.bandwidth_Bps, link.latency_s, link.power_W);
}

std::string route_xml(const std::string& from, const std::string& to, const std::vector<std::string>& links) {
  std::string text = fmt::format("    <route src=\"{}\" dst=\"{}\" symmetrical=\"NO\">", escaped(from), escaped(to));
  for (const std::string& link : links) text += fmt::format("<link_ctn id=\"{}\"/>", escaped(link));
  return text + "</route>\n";
}

/// Its links, each followed by the medium that it is on.
std::vector<std::string> links_of(const PlatformSpec& platform, const RouteSpec& route) {
  std::vector<std::string> names;
  for (const LinkIndex index : route.links) {
    const LinkSpec& link = platform.links[index];
    names.push_back(link.name);
    if (link.medium) names.push_back(platform.media[*link.medium].name);
  }
  return names;
}

}  // namespace

std::string vector_host_name(const DeviceSpec& device) {
  return device.name + ".fixed_time";
}

std::string host_link_end_name(const DeviceSpec& device) {
  return device.name + ".link_end";
}

std::string broadcast_end_name(RouteIndex route) {
  // With a dot, which no device has in its name.
  return "route" + std::to_string(route) + ".end";
}

std::string idle_host_name(const DeviceSpec& device) {
  return device.name + ".idle";
}

std::string active_host_name(const DeviceSpec& device) {
  return device.name + ".active";
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
  for (const DeviceSpec& device : platform.devices) {
    hosts += host_xml(device.name, device.ratings.flops_per_s, wattage_per_state(device.ratings.arithmetic_W));
    hosts += host_xml(vector_host_name(device), device.ratings.flops_per_s, wattage_per_state(device.ratings.vector_W));
    if (device.architecture.idle_W > 0)
      hosts += host_xml(idle_host_name(device), device.ratings.flops_per_s, idle_wattage(device.architecture.idle_W));
    if (device.architecture.active_W > 0)
      hosts += host_xml(active_host_name(device), device.ratings.flops_per_s,
                        wattage_per_state(device.architecture.active_W));
    links += link_xml(device.memory);
    routes += route_xml(device.name, device.name, {device.memory.name});
  }
  for (const LinkSpec& link : platform.links) links += link_xml(link);
  for (const MediumSpec& medium : platform.media) links += link_xml(medium.name, medium.bandwidth_Bps, 0, 0);
  platform.routes.for_each_used([&](RouteIndex i, const RouteSpec& route) {
    if (route.is_collective()) return;
    const DeviceSpec& from = platform.devices[route.from];
    std::string end = platform.devices[route.to.front()].name;
    if (route.broadcast() || route.to.front() == route.from) {
      end = route.broadcast() ? broadcast_end_name(i) : host_link_end_name(from);
      hosts += host_xml(end, 1, wattage_per_state(0));
    }
    routes += route_xml(from.name, end, links_of(platform, route));
  });
  return "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
         "<platform version=\"4.1\">\n  <zone id=\"machine\" routing=\"Full\">\n" +
         hosts + links + routes + "  </zone>\n</platform>\n";
}

}  // namespace upmem_des
