#include "simulation/machine.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "platform/platform_writer.hpp"
#include "simulation/exactness.hpp"
#include "simulation/simgrid_compat.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

namespace {

s4u::Host* make_host(s4u::NetZone* zone, const std::string& name, double speed_flops, const std::string& wattage) {
  s4u::Host* host = compat::create_host(zone, name, speed_flops);
  host->set_property("wattage_per_state", wattage);
  return host;
}

s4u::Host* make_unit(s4u::NetZone* zone, const std::string& name, double speed_flops, double power_W) {
  return make_host(zone, name, speed_flops * headroom, wattage_per_state(power_W * headroom));
}

s4u::Host* make_active(s4u::NetZone* zone, const std::string& name, double speed_flops, double power_W) {
  s4u::Host* host = compat::create_host(zone, name, {speed_flops * headroom, speed_flops * headroom});
  host->set_property("wattage_per_state", wattage_per_state(power_W * headroom) + "," + idle_wattage(power_W));
  return host;
}

s4u::Link* make_link(s4u::NetZone* zone, const std::string& name, double bandwidth_Bps, double power_W) {
  s4u::Link* link = compat::create_link(zone, name, bandwidth_Bps * sim_bytes_per_byte);
  // Latency passes before the communication (Activities): SimGrid's energy plugin would take it for transfer time.
  link->set_latency(0);
  link->set_property("wattage_range", wattage_range(power_W));
  return link;
}

/// By link: may transfers of several routes meet on it, or on another link of its route?
std::vector<bool> shared_links(const PlatformSpec& spec) {
  std::vector<int> routes(spec.links.size());
  spec.routes.for_each_used([&](RouteIndex, const RouteSpec& route) {
    for (const LinkIndex link : route.links) ++routes[link];
  });
  std::vector<bool> is_shared(spec.links.size());
  spec.routes.for_each_used([&](RouteIndex, const RouteSpec& route) {
    const bool meets = std::any_of(route.links.begin(), route.links.end(),
                                   [&](LinkIndex link) { return routes[link] > 1 || spec.links[link].medium; });
    for (const LinkIndex link : route.links) is_shared[link] = is_shared[link] || meets;
  });
  return is_shared;
}

}  // namespace

Machine::Machine(const PlatformSpec& spec, Pacing pacing) : spec_(spec) {
  s4u::NetZone* zone = pacing == Pacing::Meters ? compat::create_loopback_zone() : compat::create_machine_zone();
  for (const DeviceSpec& device_spec : spec.devices) {
    const DeviceRatings& ratings = device_spec.ratings;
    SimDevice device;
    device.spec = &device_spec;
    device.arithmetic = make_unit(zone, device_spec.name, ratings.flops_per_s, ratings.arithmetic_W);
    device.vector = make_unit(zone, vector_host_name(device_spec), ratings.flops_per_s, ratings.vector_W);
    if (const double idle_W = device_spec.architecture.idle_W; idle_W > 0)
      device.idle = make_host(zone, idle_host_name(device_spec), ratings.flops_per_s, idle_wattage(idle_W));
    if (const double active_W = device_spec.architecture.active_W; active_W > 0)
      device.active = make_active(zone, active_host_name(device_spec), ratings.flops_per_s, active_W);
    const LinkSpec& memory = device_spec.memory;
    device.memory = make_link(zone, memory.name, memory.bandwidth_Bps, memory.power_W);
    compat::add_route(zone, device.arithmetic, device.arithmetic, {s4u::LinkInRoute(device.memory)});
    device.link_end = devices_.empty() ? device.arithmetic : devices_.front().arithmetic;
    devices_.push_back(device);
  }
  const std::vector<bool> is_shared =
      pacing == Pacing::Meters ? std::vector<bool>(spec.links.size()) : shared_links(spec);
  for (LinkIndex i = 0; i < spec.links.size(); ++i) {
    const double faster = is_shared[i] ? 1 : headroom;
    const LinkSpec& link = spec.links[i];
    links_.push_back(make_link(zone, link.name, link.bandwidth_Bps * faster, link.power_W * faster));
  }
  if (pacing == Pacing::Meters)
    make_meters(zone);
  else
    make_routes(zone, is_shared);
  zone->seal();
}

void Machine::make_meters(s4u::NetZone* zone) {
  for (s4u::Link* link : links_) {
    meters_.push_back(nullptr);
    paces_.resize(meters_.size() - 1);
    if (spec_.links[meters_.size() - 1].power_W <= 0) continue;
    meters_.back() = make_unit(zone, link->get_name() + ".meter", 1, 0);
    paces_.push_back(make_link(zone, link->get_name() + ".pace", spec_.links[meters_.size() - 1].bandwidth_Bps, 0));
    compat::add_route(zone, meters_.back(), meters_.back(), {s4u::LinkInRoute(link), s4u::LinkInRoute(paces_.back())});
  }
}

void Machine::make_routes(s4u::NetZone* zone, const std::vector<bool>& is_shared) {
  const PlatformSpec& spec = spec_;
  paces_.resize(spec.routes.size());
  ends_.resize(spec.routes.size());
  std::set<std::pair<s4u::Host*, s4u::Host*>> joined;
  std::vector<s4u::Link*> media;
  for (const MediumSpec& medium : spec.media) media.push_back(make_link(zone, medium.name, medium.bandwidth_Bps, 0));
  spec.routes.for_each_used([&](RouteIndex i, const RouteSpec& route) {
    s4u::Host* from = devices_[route.from].arithmetic;
    s4u::Host* to = devices_[route.to.front()].arithmetic;
    // SimGrid has one route between two hosts. A second way between two devices ends at a host of its own, as a
    // broadcast and a collective do.
    const bool is_first_way = joined.emplace(from, to).second;
    if (route.broadcast() || route.is_collective() || (from != to && !is_first_way)) {
      to = make_unit(zone, broadcast_end_name(i), 1, 0);
    } else if (from == to) {
      to = make_unit(zone, host_link_end_name(spec.devices[route.from]), 1, 0);
      devices_[route.from].link_end = to;
    }
    std::vector<s4u::LinkInRoute> way;
    for (const LinkIndex link : route.links) {
      way.emplace_back(links_[link]);
      if (spec.links[link].medium) way.emplace_back(media[*spec.links[link].medium]);
    }
    if (!is_shared[route.links.front()]) {
      paces_[i] = make_link(zone, "route" + std::to_string(i) + ".pace", spec.bandwidth_Bps(route), 0);
      way.emplace_back(paces_[i]);
    }
    compat::add_route(zone, from, to, way);
    ends_[i] = {from, to};
  });
}

}  // namespace upmem_des
