#include "simulation/machine.hpp"

#include "platform/platform_writer.hpp"
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

s4u::Link* make_link(s4u::NetZone* zone, const std::string& name, double bandwidth_Bps, double power_W) {
  s4u::Link* link = compat::create_link(zone, name, bandwidth_Bps * sim_bytes_per_byte);
  // Latency passes before the communication (Activities): SimGrid's energy plugin would take it for transfer time.
  link->set_latency(0);
  link->set_property("wattage_range", wattage_range(power_W));
  return link;
}

SimLink make_host_link(s4u::NetZone* zone, const LinkSpec& spec, s4u::Host* from, s4u::Host* to) {
  SimLink made;
  made.link = make_link(zone, spec.name, spec.bandwidth_Bps * headroom, spec.power_W * headroom);
  made.pace = make_link(zone, spec.name + ".pace", spec.bandwidth_Bps, 0);
  compat::add_route(zone, from, to, {s4u::LinkInRoute(made.link), s4u::LinkInRoute(made.pace)});
  return made;
}

}  // namespace

Machine::Machine(const PlatformSpec& spec) {
  s4u::NetZone* zone = compat::create_machine_zone();
  for (const DeviceSpec& device_spec : spec.devices) {
    const DeviceRatings& ratings = device_spec.ratings;
    SimDevice device;
    device.spec = &device_spec;
    device.arithmetic = make_unit(zone, device_spec.name, ratings.flops_per_s, ratings.arithmetic_W);
    device.vector = make_unit(zone, vector_host_name(device_spec), ratings.flops_per_s, ratings.vector_W);
    if (const double idle_W = device_spec.architecture.idle_W; idle_W > 0)
      device.idle = make_host(zone, idle_host_name(device_spec), ratings.flops_per_s, idle_wattage(idle_W));
    const LinkSpec& memory = device_spec.memory;
    device.memory = make_link(zone, memory.name, memory.bandwidth_Bps, memory.power_W);
    compat::add_route(zone, device.arithmetic, device.arithmetic, {s4u::LinkInRoute(device.memory)});
    s4u::Host* host = devices_.empty() ? device.arithmetic : devices_.front().arithmetic;
    if (device_spec.from_host) device.from_host = make_host_link(zone, *device_spec.from_host, host, device.arithmetic);
    if (device_spec.to_host) {
      device.link_end =
          device.arithmetic == host ? make_unit(zone, host_link_end_name(device_spec), ratings.flops_per_s, 0) : host;
      device.to_host = make_host_link(zone, *device_spec.to_host, device.arithmetic, device.link_end);
    }
    devices_.push_back(device);
  }
  zone->seal();
}

}  // namespace upmem_des
