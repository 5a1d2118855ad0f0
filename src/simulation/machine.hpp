/// A PlatformSpec as SimGrid hosts and links.
#pragma once

#include <simgrid/s4u.hpp>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// What a machine's links are for.
enum class Pacing {
  /// Routes between devices, whose transfers share links as they meet. A route of links that no other route crosses has
  /// one more, without energy (`pace`), that holds its transfers to their wanted rate. (Up to at least 3.32 SimGrid
  /// ignores Comm::set_rate() between two hosts.)
  Routes,
  /// No routes: each link that draws energy has a host of its own (`meter`), from where to where it carries what is
  /// asked of it, with such a link beside it.
  Meters
};

/// The SimGrid objects of one device.
struct SimDevice {
  const DeviceSpec* spec = nullptr;
  simgrid::s4u::Host* arithmetic = nullptr;
  simgrid::s4u::Host* vector = nullptr;
  simgrid::s4u::Host* idle = nullptr;  ///< draws idle_W all the time; null where that is 0
  /// Draws active_W in state `always_active`, and in state 0 in proportion to its load; null where that is 0.
  simgrid::s4u::Host* active = nullptr;
  static constexpr unsigned long always_active = 1;
  simgrid::s4u::Host* link_end = nullptr;  ///< where transfers to the host arrive
  simgrid::s4u::Link* memory = nullptr;
};

/// Builds the zone. Needs an Engine with its configuration and energy plugins in place; the spec outlives the machine.
class Machine {
 public:
  Machine(const PlatformSpec& spec, Pacing pacing);

  const PlatformSpec& spec() const { return spec_; }
  const std::vector<SimDevice>& devices() const { return devices_; }
  const SimDevice& device(DeviceIndex index) const { return devices_[index]; }
  const SimDevice& host() const { return devices_[host_device]; }
  const std::vector<simgrid::s4u::Link*>& links() const { return links_; }
  /// The link that holds the transfers of a route to their rate, with Pacing::Routes, or of a link, with
  /// Pacing::Meters; null where there is none.
  simgrid::s4u::Link* pace(std::size_t index) const { return paces_[index]; }
  /// Where a link carries bytes alone, with Pacing::Meters; null for one without energy.
  simgrid::s4u::Host* meter(LinkIndex link) const { return meters_[link]; }
  /// Where a route's bytes start and arrive. A broadcast arrives at a host of its own, and so does what takes a second
  /// way between two devices.
  simgrid::s4u::Host* source(RouteIndex route) const { return ends_[route].first; }
  simgrid::s4u::Host* sink(RouteIndex route) const { return ends_[route].second; }

 private:
  void make_meters(simgrid::s4u::NetZone* zone);
  void make_routes(simgrid::s4u::NetZone* zone, const std::vector<bool>& is_shared);

  const PlatformSpec& spec_;
  std::vector<SimDevice> devices_;
  std::vector<simgrid::s4u::Link*> links_;
  std::vector<simgrid::s4u::Link*> paces_;
  std::vector<simgrid::s4u::Host*> meters_;
  std::vector<std::pair<simgrid::s4u::Host*, simgrid::s4u::Host*>> ends_;
};

}  // namespace upmem_des
