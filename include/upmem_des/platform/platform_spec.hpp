/// The machine that a run is simulated on, as plain data.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/architecture/device_ratings.hpp"
#include "upmem_des/platform/network_shape.hpp"
#include "upmem_des/platform/route_list.hpp"
#include "upmem_des/price/item_price.hpp"
#include "upmem_des/util/named_choice.hpp"

namespace upmem_des {

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

  /// J for each byte that crosses the link.
  double energy_J_per_byte() const { return stated_J_per_byte ? *stated_J_per_byte : power_W / bandwidth_Bps; }
};

/// Two directions on one set of wires: the links that belong to it share this bandwidth, too. It draws no energy of its
/// own.
struct MediumSpec {
  std::string name;
  double bandwidth_Bps = 0;
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
/// neighbour. Mesh: a link for every ordered pair. The others are in docs/platforms.md.
enum class NetworkTopology { Switch, Ring, Mesh, Torus, FatTree, Dragonfly };
inline constexpr std::array all_topologies{NetworkTopology::Switch,  NetworkTopology::Ring,
                                           NetworkTopology::Mesh,    NetworkTopology::Torus,
                                           NetworkTopology::FatTree, NetworkTopology::Dragonfly};

/// How long collectives take on a network beside what they move, launches and additions included.
struct MeasuredCollectives {
  double base_s = 0;
  double per_log2_s = 0;  ///< for each doubling of the devices

  bool operator==(const MeasuredCollectives& other) const {
    return base_s == other.base_s && per_log2_s == other.per_log2_s;
  }
};

/// As in a platform file: "switch".
const char* topology_name(NetworkTopology topology);

/// Links between devices that do not pass HOST. Networks that have devices in common lie in each other: of two such
/// networks one has all devices of the other and some besides, and is on a higher level. So a device is in one network
/// at most on each level, and PlatformSpec::routes has the way of the lowest that two devices are both in.
struct NetworkSpec {
  std::string name;  ///< "nvlink", or of several that one line of the file makes, "nvlink[3]"
  NetworkTopology topology = NetworkTopology::Switch;
  std::vector<DeviceIndex> devices;  ///< in the order of their positions
  LinkIndex link = 0;                ///< the first of its links, which follow each other; it is a device's own
  std::size_t link_count = 0;
  std::size_t level = 0;      ///< 0 where it has no network in it, else one more than the highest of those
  std::string group{};        ///< "nvlink"
  std::size_t nic_count = 0;  ///< shared up and down links behind those of devices; 0: there are none
  NetworkShape shape{};
  std::optional<MeasuredCollectives> measured{};
  std::optional<LinkIndex> middle{};  ///< what all transfers through its switch cross, if anything
};

/// What a machine costs beside its devices. US dollars, kg of CO2 equivalents.
struct PlatformPrices {
  /// Links or networks of one group.
  struct Part {
    std::string name;  ///< of a group of links or networks
    std::size_t count = 1;
    ItemPrice price;
  };
  std::optional<ItemPrice> machine;  ///< of all of it, in place of its parts
  double host_share = 1;             ///< what the machine has of HOST, whose profile has the price of all of it
  std::vector<Part> parts;
};

/// Where SimGrid itself is given the ways of a machine (its XML; a run in which it gets every piece), it keeps all of
/// them, and a table.
inline constexpr std::size_t most_simgrid_routes = 131'072;

/// HOST first, then the accelerators. Immutable once built.
struct PlatformSpec {
  std::string name;  ///< a title; empty for a platform that no file describes
  std::vector<DeviceSpec> devices;
  std::vector<LinkSpec> links;
  std::vector<MediumSpec> media;
  RouteList routes;
  std::vector<DeviceGroup> groups;  ///< of all devices but HOST
  std::vector<SharedLinkSpec> shared_links;
  std::vector<NetworkSpec> networks;
  std::vector<NamedChoice> collectives{};  ///< algorithms that its file fixes
  PlatformPrices prices{};

  /// The route that goes from one device to another alone; none where there is no direct one, and bytes have to go by
  /// way of the host.
  std::optional<RouteIndex> find_route(DeviceIndex from, DeviceIndex to) const { return routes.find(from, to); }

  /// Index into `networks` of the one on the lowest level that all of `joined` are in; none where no network joins
  /// them. Where several devices of a network on this level share one below, the way between those is the lower one's.
  std::optional<std::size_t> network_of(const std::vector<DeviceIndex>& joined) const;

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
