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

s4u::Link* make_link(s4u::NetZone* zone, const LinkSpec& spec) {
  s4u::Link* link = compat::create_link(zone, spec.name, spec.bandwidth_Bps * sim_bytes_per_byte);
  link->set_latency(spec.latency_s);
  link->set_property("wattage_range", wattage_range(spec.power_W));
  return link;
}

}  // namespace

Machine::Machine(const PlatformSpec& spec) {
  s4u::NetZone* zone = compat::create_machine_zone();
  for (const DeviceSpec& device_spec : spec.devices) {
    const DeviceRatings& ratings = device_spec.ratings;
    SimDevice device;
    device.spec = &device_spec;
    device.arithmetic =
        make_host(zone, device_spec.name, ratings.flops_per_s, wattage_per_state(ratings.arithmetic_W));
    device.vector = make_host(zone, vector_host_name(device_spec), ratings.flops_per_s,
                              wattage_per_state(ratings.vector_W));
    if (const double idle_W = device_spec.architecture.idle_W; idle_W > 0)
      device.idle = make_host(zone, idle_host_name(device_spec), ratings.flops_per_s, idle_wattage(idle_W));
    device.memory = make_link(zone, device_spec.memory);
    compat::add_route(zone, device.arithmetic, device.arithmetic, device.memory);
    s4u::Host* host = devices_.empty() ? device.arithmetic : devices_.front().arithmetic;
    if (device_spec.from_host) {
      device.from_host = make_link(zone, *device_spec.from_host);
      compat::add_route(zone, host, device.arithmetic, device.from_host);
    }
    if (device_spec.to_host) {
      device.to_host = make_link(zone, *device_spec.to_host);
      device.link_end = device.arithmetic == host ? make_host(zone, host_link_end_name(device_spec),
                                                              ratings.flops_per_s, wattage_per_state(0))
                                                  : host;
      compat::add_route(zone, device.arithmetic, device.link_end, device.to_host);
    }
    devices_.push_back(device);
  }
  zone->seal();
}

}  // namespace upmem_des
