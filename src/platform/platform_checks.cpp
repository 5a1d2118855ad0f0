#include "platform/platform_checks.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

using LinkGroup = PlatformFile::LinkGroup;
using Network = PlatformFile::Network;

[[noreturn]] void error(const std::string& kind, std::size_t index, const SourceLocation& where, const std::string& key,
                        const std::string& problem) {
  throw InputError(where, kind + "[" + std::to_string(index) + "]." + key, problem);
}

void check_circles(const std::vector<LinkGroup>& links) {
  for (std::size_t i = 0; i < links.size(); ++i) {
    // A circle that `i` only leads to is found where one of its own links is looked at.
    std::optional<std::size_t> at = links[i].under;
    for (std::size_t steps = 0; at && steps < links.size(); ++steps, at = links[*at].under)
      if (*at == i)
        error("links", i, links[i].where, "under",
              "'" + links[i].name + "' is under itself; expected a way up to host");
  }
}

void check_multiple(const std::vector<LinkGroup>& links, const std::string& kind, std::size_t index,
                    const std::string& name, std::size_t count, const SourceLocation& where,
                    const std::optional<std::size_t>& under) {
  if (!under || count % links[*under].count == 0) return;
  error(kind, index, where, "count",
        std::to_string(count) + " '" + name + "' cannot be spread evenly over " + std::to_string(links[*under].count) +
            " '" + links[*under].name + "'; expected a multiple of " + std::to_string(links[*under].count));
}

std::size_t member_count(const PlatformFile& file, const Network& network) {
  std::size_t count = 0;
  for (const std::size_t group : network.between) count += file.devices[group].count;
  return count;
}

/// Devices that both have.
std::size_t common_count(const PlatformFile& file, const Network& one, const Network& other) {
  std::size_t count = 0;
  for (const std::size_t group : one.between)
    if (std::find(other.between.begin(), other.between.end(), group) != other.between.end())
      count += file.devices[group].count;
  return count;
}

}  // namespace

void check_platform_tree(const PlatformFile& file) {
  check_circles(file.links);
  std::vector<bool> used(file.links.size());
  std::size_t instances = 0;
  for (std::size_t i = 0; i < file.links.size(); ++i) {
    const LinkGroup& link = file.links[i];
    check_multiple(file.links, "links", i, link.name, link.count, link.where, link.under);
    instances += link.count;
    if (instances > most_devices)
      error("links", i, link.where, "count",
            std::to_string(instances) + " links in all; expected at most " + std::to_string(most_devices));
  }
  for (std::size_t i = 0; i < file.devices.size(); ++i) {
    const PlatformFile::Devices& devices = file.devices[i];
    check_multiple(file.links, "devices", i, devices.name, devices.count, devices.where, devices.under);
    for (std::optional<std::size_t> at = devices.under; at && !used[*at]; at = file.links[*at].under) used[*at] = true;
  }
  for (std::size_t i = 0; i < file.links.size(); ++i)
    if (!used[i])
      error(
          "links", i, file.links[i].where, "name",
          "no devices are under '" + file.links[i].name + "'; expected some with 'under: " + file.links[i].name + "'");
}

void check_last_network(const PlatformFile& file, const YamlNode& between) {
  const Network& network = file.networks.back();
  const std::size_t count = member_count(file, network);
  const std::size_t most = network.topology == NetworkTopology::Switch ? most_switch_devices
                           : network.topology == NetworkTopology::Ring ? most_ring_devices
                                                                       : most_mesh_devices;
  const char* kind = network.topology == NetworkTopology::Switch ? "switch"
                     : network.topology == NetworkTopology::Ring ? "ring"
                                                                 : "mesh";
  if (count < 2 || count > most)
    yaml_error(between, std::to_string(count) + (count == 1 ? " device" : " devices") + "; expected 2 to " +
                            std::to_string(most) + " on a " + kind);
  std::size_t routes = 0;
  for (const Network& other : file.networks) {
    const std::size_t members = member_count(file, other);
    routes += members * (members - 1);
    if (&other != &network && common_count(file, other, network) > 1)
      yaml_error(between, "network '" + other.name +
                              "' has two of its devices already; expected one network between two devices at most");
  }
  if (routes > most_network_routes)
    yaml_error(between, std::to_string(routes) + " ways from device to device in all networks; expected at most " +
                            std::to_string(most_network_routes));
}

}  // namespace upmem_des
