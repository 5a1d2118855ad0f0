/// What a file of platforms/ says, checked, with every default filled in. docs/platforms.md describes the keys.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "platform/profile_changes.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Devices of a platform, without HOST; instances of shared links.
inline constexpr std::size_t most_devices = 4096;
/// A ring's way crosses half of its links; a mesh has a link for every ordered pair.
inline constexpr std::size_t most_ring_devices = 64;
inline constexpr std::size_t most_mesh_devices = 64;
inline constexpr std::size_t most_shape_levels = 8;  ///< of a fat tree; dimensions of a torus
/// Links of all networks together.
inline constexpr std::size_t most_network_links = 262'144;

struct PlatformFile {
  struct Host {
    std::string architecture = "HOST";  ///< as written
    std::optional<double> capacity_B;
    std::optional<double> idle_W;    ///< in place of the profile's
    std::optional<double> active_W;  ///< in place of the profile's
    double power_share = 1;          ///< of both: what the machine has of a host that serves others, too
    std::optional<ItemPrice>
        price;  ///< in place of the profile's, of the whole host; the machine has power_share of it
    SourceLocation where;
  };

  /// `count` equal links side by side. Instances below it are spread over them evenly and in order.
  struct LinkGroup {
    std::string name;
    std::size_t count = 1;
    std::optional<std::size_t> under;  ///< index into `links`; none: HOST
    Port host_to_device;
    Port device_to_host;
    double latency_s = 0;              ///< in each direction
    bool half_duplex = false;          ///< both directions share one bandwidth
    std::optional<ItemPrice> price{};  ///< of each
    SourceLocation where;
  };

  struct Devices {
    std::string name;
    std::string architecture;  ///< as written
    SourceLocation architecture_where;
    std::string architecture_key;  ///< "devices[0].architecture"
    std::size_t count = 1;
    std::optional<std::size_t> under;  ///< index into `links`; none: HOST
    ProfileChanges changes;
    bool broadcast = false;
    SourceLocation where;
  };

  struct Network {
    /// An up and a down link that `per` devices share, between their own and the switch.
    struct Nic {
      std::size_t per = 1;
      Port port;
      double latency_s = 0;
    };

    std::string name;
    std::vector<std::size_t> between;  ///< indices into `devices`, all different
    SourceLocation between_where;
    std::optional<std::size_t> each;  ///< a network for so many devices that follow each other; none: one for all
    NetworkTopology topology = NetworkTopology::Switch;
    Port port;             ///< of each link, in each direction, with what is reached of its bandwidth
    double latency_s = 0;  ///< of each link
    std::optional<MeasuredCollectives> measured;  ///< of a switch
    NetworkShape shape;                           ///< of a torus, fat tree or dragonfly
    std::optional<Nic> nic;
    /// Of a switch: how many times more its NICs, or devices, can send than it can carry.
    std::optional<double> oversubscription;
    std::optional<ItemPrice> price{};  ///< of each network that it makes, with its switches and NICs
    SourceLocation where;
  };

  std::string name;  ///< a title; without one the file's name
  std::string path;
  std::optional<ItemPrice> price;  ///< of the whole machine, in place of its parts
  Host host;
  std::vector<LinkGroup> links;          ///< without circles; counts are multiples of those above
  std::vector<Devices> devices;          ///< at least one
  std::vector<NamedChoice> collectives;  ///< algorithms that are to be taken
  std::vector<Network> networks;         ///< of two with common devices, one lies in the other
};

/// Reads a platform file, with changes as apply_platform_changes() takes them (Null: none). Throws InputError on
/// whatever the description above does not allow; whether the architectures exist is for build_platform() to say.
PlatformFile read_platform_file(const std::string& path, const YamlNode& changes = {});

}  // namespace upmem_des
