/// A PlatformSpec as SimGrid hosts and links.
#pragma once

#include <simgrid/s4u.hpp>

#include <vector>

#include "platform/platform_spec.hpp"

namespace upmem_des {

/// SimGrid's communications are of a whole number of bytes. Ours need not be (int4 has half bytes, a share of a block's
/// outputs any fraction), so SimGrid's bytes are 2^-20 of ours: link bandwidths and sizes are multiplied by this.
inline constexpr double sim_bytes_per_byte = 1048576;

/// SimGrid's hosts and host links are a little faster than the platform's, at the same energy for each flop and byte.
/// An activity is as long as the clock's rounding makes it, and where that is a little short, the rate must be a little
/// higher for the energy to be exact.
inline constexpr double headroom = 1.001;

/// A host link: the energy is drawn on `link`, and `pace`, which draws none, holds a transfer to its wanted rate. (Up
/// to at least 3.32 SimGrid ignores Comm::set_rate() between two hosts.)
struct SimLink {
  simgrid::s4u::Link* link = nullptr;
  simgrid::s4u::Link* pace = nullptr;
};

/// The SimGrid objects of one device.
struct SimDevice {
  const DeviceSpec* spec = nullptr;
  simgrid::s4u::Host* arithmetic = nullptr;
  simgrid::s4u::Host* vector = nullptr;
  simgrid::s4u::Host* idle = nullptr;      ///< draws idle_W all the time; null where that is 0
  simgrid::s4u::Host* link_end = nullptr;  ///< where transfers to the host arrive
  simgrid::s4u::Link* memory = nullptr;
  SimLink from_host;
  SimLink to_host;
};

/// Builds the zone. Needs an Engine with its configuration and energy plugins in place; the spec outlives the machine.
class Machine {
 public:
  explicit Machine(const PlatformSpec& spec);

  const std::vector<SimDevice>& devices() const { return devices_; }
  const SimDevice& device(DeviceIndex index) const { return devices_[index]; }
  const SimDevice& host() const { return devices_[host_device]; }

 private:
  std::vector<SimDevice> devices_;
};

}  // namespace upmem_des
