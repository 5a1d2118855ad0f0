/// What SimGrid renamed after 3.32. Only this file asks for its version.
#pragma once

#include <simgrid/s4u.hpp>
// After s4u.hpp, whose macros it needs.
#include <simgrid/version.h>
#if SIMGRID_VERSION >= 40000
#include <simgrid/simcall.hpp>
#else
#include <simgrid/simix.hpp>
#endif

#include <string>
#include <utility>
#include <vector>

namespace upmem_des::compat {

namespace s4u = simgrid::s4u;

#if SIMGRID_VERSION >= 33400
inline constexpr const char* timing_precision = "precision/timing:";
inline constexpr const char* work_precision = "precision/work-amount:";
#else
inline constexpr const char* timing_precision = "surf/precision:";
inline constexpr const char* work_precision = "maxmin/precision:";
#endif

/// The zone that holds every host and link.
inline s4u::NetZone* create_machine_zone() {
#if SIMGRID_VERSION >= 40000
  return s4u::Engine::get_instance()->get_netzone_root()->add_netzone_full("machine");
#else
  return s4u::create_full_zone("machine");
#endif
}

/// The same where hosts send to themselves alone: the zone above keeps a table of all pairs of hosts.
inline s4u::NetZone* create_loopback_zone() {
#if SIMGRID_VERSION >= 40000
  return s4u::Engine::get_instance()->get_netzone_root()->add_netzone_star("machine");
#else
  return s4u::create_star_zone("machine");
#endif
}

inline s4u::Host* create_host(s4u::NetZone* zone, const std::string& name, double speed_flops) {
#if SIMGRID_VERSION >= 40000
  return zone->add_host(name, speed_flops);
#else
  return zone->create_host(name, speed_flops);
#endif
}

/// A host of several speeds, which are its states of power.
inline s4u::Host* create_host(s4u::NetZone* zone, const std::string& name, const std::vector<double>& speeds_flops) {
#if SIMGRID_VERSION >= 40000
  return zone->add_host(name, speeds_flops);
#else
  return zone->create_host(name, speeds_flops);
#endif
}

inline s4u::Link* create_link(s4u::NetZone* zone, const std::string& name, double bandwidth_Bps) {
#if SIMGRID_VERSION >= 40000
  return zone->add_link(name, bandwidth_Bps);
#else
  return zone->create_link(name, bandwidth_Bps);
#endif
}

inline void add_route(s4u::NetZone* zone, const s4u::Host* from, const s4u::Host* to,
                      const std::vector<s4u::LinkInRoute>& links) {
#if SIMGRID_VERSION >= 33500
  zone->add_route(from, to, links, false);
#else
  zone->add_route(from->get_netpoint(), to->get_netpoint(), nullptr, nullptr, links, false);
#endif
}

/// Starts an actor that runs `code`, a callable.
template <class Code>
inline void create_actor(const std::string& name, s4u::Host* host, Code&& code) {
#if SIMGRID_VERSION >= 40000
  s4u::Engine::get_instance()->add_actor(name, host, std::forward<Code>(code));
#else
  s4u::Actor::create(name, host, std::forward<Code>(code));
#endif
}

/// Runs `code` without a switch of actors for each thing that it asks of SimGrid.
template <class Code>
inline void in_kernel(Code&& code) {
  simgrid::kernel::actor::simcall_answered(std::forward<Code>(code));
}

}  // namespace upmem_des::compat
