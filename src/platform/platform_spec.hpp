/// The machine that a run is simulated on, as plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "architecture/architecture.hpp"
#include "architecture/device_ratings.hpp"

namespace upmem_des {

/// Index into PlatformSpec::devices.
using DeviceIndex = std::size_t;
inline constexpr DeviceIndex host_device = 0;

/// Index into PlatformSpec::links.
using LinkIndex = std::size_t;

/// Index into PlatformSpec::routes.
using RouteIndex = std::size_t;

/// What a link is for; its energy and bytes are counted there.
enum class LinkRole { HostToDevice, DeviceToHost, DeviceToDevice };

/// A link of one direction. Transfers that cross it at the same time share its bandwidth fairly.
struct LinkSpec {
  std::string name;
  double bandwidth_Bps = 0;
  double latency_s = 0;
  double power_W = 0;  ///< at full bandwidth; in proportion below it
  LinkRole role = LinkRole::HostToDevice;
  std::optional<DeviceIndex> owner;   ///< the one device whose transfers it carries; none where several share it
  std::optional<std::size_t> medium;  ///< index into PlatformSpec::media; none where no other link takes its bandwidth

  /// The figure that power_W was computed from, where there is one: nothing is rounded twice then.
  std::optional<double> stated_J_per_byte;

  double energy_J_per_byte() const { return stated_J_per_byte ? *stated_J_per_byte : power_W / bandwidth_Bps; }
};

/// Two directions on one set of wires: the links that belong to it share this bandwidth, too. It draws no energy of its
/// own.
struct MediumSpec {
  std::string name;
  double bandwidth_Bps = 0;
};

/// A way from one device to another, or to several at once (broadcast), or, of a collective, the links that several
/// devices use at once to send to each other: the bytes cross every link once.
struct RouteSpec {
  /// A device that takes part in a collective.
  struct End {
    DeviceIndex device = host_device;
    double moved = 0;  ///< bytes that it sends and receives for each byte on a link

    bool operator==(const End& other) const { return device == other.device && moved == other.moved; }
  };

  DeviceIndex from = host_device;
  std::vector<DeviceIndex> to;  ///< one device, or all that a broadcast reaches, ascending; of a collective, the others
  std::vector<LinkIndex> links;  ///< at least one

  std::string collective{};  ///< a name for people: "ring over gpu"; empty for one that has one sender
  std::vector<End> ends{};   ///< of a collective
  double arrives = 1;        ///< bytes that arrive anywhere for each byte on a link

  bool is_collective() const { return !collective.empty(); }
  bool broadcast() const { return to.size() > 1 && !is_collective(); }
};

/// The host or an accelerator: arithmetic, a unit for operators of fixed time, and a memory port.
struct DeviceSpec {
  std::string name;  ///< "HOST", "PIM_AI_4chip", "dimm[3]"
  Architecture architecture;
  DeviceRatings ratings;
  LinkSpec memory;                      ///< not one of PlatformSpec::links
  std::optional<RouteIndex> from_host;  ///< absent on HOST
  std::optional<RouteIndex> to_host;    ///< on HOST a route to itself, for rules that charge for one
  std::optional<std::size_t> under;     ///< index into PlatformSpec::shared_links; none where it hangs on HOST itself
};

/// Equal devices that follow each other in PlatformSpec::devices: "dimm" is dimm[0], dimm[1], …
struct DeviceGroup {
  std::string name;
  std::string architecture;  ///< as in the profile's name
  DeviceIndex first = 0;
  std::size_t count = 1;  ///< with 1 the device has the group's name, without an index
};

/// A link that several devices may share, with its two directions: a node of the tree whose root is HOST and whose
/// leaves are devices. For those who show the platform; the routes say the same.
struct SharedLinkSpec {
  std::string name;                  ///< "channel[3]"
  std::string group;                 ///< "channel"
  std::optional<std::size_t> under;  ///< index into PlatformSpec::shared_links; none where it hangs on HOST
  LinkIndex host_to_device = 0;
  LinkIndex device_to_host = 0;
};

/// How the devices of a network reach each other. Switch: an up and a down link for each device. Ring: a link to each
/// neighbour. Mesh: a link for every ordered pair.
enum class NetworkTopology { Switch, Ring, Mesh };

/// How long collectives take on a network beside what they move, launches and additions included.
struct MeasuredCollectives {
  double base_s = 0;
  double per_log2_s = 0;  ///< for each doubling of the devices

  bool operator==(const MeasuredCollectives& other) const {
    return base_s == other.base_s && per_log2_s == other.per_log2_s;
  }
};

/// Links between devices that do not pass HOST. For those who show the platform; the routes say the same.
struct NetworkSpec {
  std::string name;
  NetworkTopology topology = NetworkTopology::Switch;
  std::vector<DeviceIndex> devices;  ///< in the order of their positions
  LinkIndex link = 0;                ///< the first of them; all have its figures
  std::optional<MeasuredCollectives> measured{};
};

/// HOST first, then the accelerators. Immutable once built.
struct PlatformSpec {
  std::string name;  ///< a title; empty for a platform that no file describes
  std::vector<DeviceSpec> devices;
  std::vector<LinkSpec> links;
  std::vector<MediumSpec> media;
  std::vector<RouteSpec> routes;
  std::vector<DeviceGroup> groups;  ///< of all devices but HOST
  std::vector<SharedLinkSpec> shared_links;
  std::vector<NetworkSpec> networks;

  /// The route that goes from one device to another alone; none where there is no direct one, and bytes have to go by
  /// way of the host. Takes time in proportion to the number of routes: make a table where many are asked for.
  std::optional<RouteIndex> find_route(DeviceIndex from, DeviceIndex to) const;

  /// Has any device a route to another one that does not pass the host?
  bool has_peer_routes() const;

  /// Smallest bandwidth on the way, bytes per second.
  double bandwidth_Bps(const RouteSpec& route) const;
  /// Sum of latencies on the way, s; of a broadcast, on the way to the farthest of its devices.
  double latency_s(const RouteSpec& route) const;
  /// Sum over the links, J for each byte that is sent once.
  double energy_J_per_byte(const RouteSpec& route) const;
};

}  // namespace upmem_des
