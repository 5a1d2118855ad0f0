/// A platform as text, SimGrid XML or a Graphviz drawing.
#pragma once

#include <string>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Tables of devices, links and, where some cross several links, routes, with units. Devices of a group are one row,
/// equal links that follow each other by number, too.
std::string platform_text(const PlatformSpec& platform);

/// The platform in SimGrid's XML format (version 4.1), which SimGrid loads: hosts with `wattage_per_state`, links with
/// `wattage_range`, routes with their links, each of these followed by its medium, if any. A broadcast is a route to a
/// host of its own over all its links, whose latencies SimGrid adds up. Every number reads back as the same double.
std::string platform_xml(const PlatformSpec& platform);

/// A Graphviz graph: devices as boxes, shared links and networks as ellipses. Up to four equal ones side by side are
/// drawn each, more as one.
std::string platform_dot(const PlatformSpec& platform);

/// The SimGrid host for a device's operators of fixed time.
std::string vector_host_name(const DeviceSpec& device);

/// The SimGrid host at the far end of HOST's link to itself.
std::string host_link_end_name(const DeviceSpec& device);

/// The SimGrid host that a broadcast arrives at, by the index of its route.
std::string broadcast_end_name(RouteIndex route);

/// The SimGrid host that draws a device's idle power.
std::string idle_host_name(const DeviceSpec& device);

/// The SimGrid host that draws a device's power while it has work.
std::string active_host_name(const DeviceSpec& device);

/// SimGrid's energy properties: "Idle:Epsilon:AllCores" of a host and "idle:busy" of a link, idle being 0 W.
std::string wattage_per_state(double power_W);
std::string wattage_range(double power_W);
/// A host that draws the same power whatever it does.
std::string idle_wattage(double power_W);

}  // namespace upmem_des
