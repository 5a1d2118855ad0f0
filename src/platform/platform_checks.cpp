#include "platform/platform_checks.hpp"

#include <algorithm>
#include <utility>

#include "platform/network_levels.hpp"
#include "platform/network_shape_reader.hpp"

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

std::size_t most_of(NetworkTopology topology) {
  if (topology == NetworkTopology::Ring) return most_ring_devices;
  return topology == NetworkTopology::Mesh ? most_mesh_devices : most_devices;
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

void check_last_network(const PlatformFile& file, const NetworkNodes& nodes) {
  const Network& network = file.networks.back();
  const std::size_t all = member_count(file, network);
  const std::size_t count = network.each.value_or(all);
  const std::size_t most = most_of(network.topology);
  const auto expect_size = [&](std::size_t size, const YamlNode& node) {
    if (size < 2 || size > most)
      yaml_error(node, std::to_string(size) + (size == 1 ? " device" : " devices") + "; expected 2 to " +
                           std::to_string(most) + " on a " + topology_name(network.topology));
  };
  if (nodes.each == nullptr || all < 2) expect_size(all, *nodes.between);
  if (all % count != 0)
    yaml_error(*nodes.each, std::to_string(all) + " devices do not make networks of " + std::to_string(count) +
                                " each; expected a divisor of " + std::to_string(all));
  if (nodes.each != nullptr) expect_size(count, *nodes.each);
  if (nodes.shape != nullptr)
    if (const std::size_t joined = shape_devices(network.topology, network.shape); joined != count)
      yaml_error(*nodes.shape,
                 (joined > most_devices ? "more than " + std::to_string(most_devices) : std::to_string(joined)) +
                     (joined == 1 ? " device" : " devices") + "; expected the network's " + std::to_string(count));
  if (network.nic && count % network.nic->per != 0)
    yaml_error(*nodes.per, std::to_string(count) + " devices do not share NICs by " + std::to_string(network.nic->per) +
                               "; expected a divisor of " + std::to_string(count));
  double links = 0;
  for (const Network& other : file.networks) {
    const std::size_t members = member_count(file, other);
    const std::size_t size = other.each.value_or(members);
    const std::size_t sets = members / size;
    links += static_cast<double>(sets) * network_links(other, size);
    if (links > static_cast<double>(most_network_links))
      yaml_error(*nodes.between,
                 "more than " + std::to_string(most_network_links) + " links in all networks; expected at most that");
  }
}

std::vector<NetworkPart> network_parts(const PlatformFile& file, const Network& network) {
  const std::size_t all = member_count(file, network);
  const std::size_t size = network.each.value_or(all);
  std::vector<NetworkPart> parts;
  for (const std::size_t group : network.between) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < group; ++i) first += file.devices[i].count;
    for (std::size_t i = 0; i < file.devices[group].count; ++i) {
      if (parts.empty() || parts.back().devices.size() == size)
        parts.push_back({size < all ? network.name + "[" + std::to_string(parts.size()) + "]" : network.name, {}});
      parts.back().devices.push_back(first + i);
    }
  }
  return parts;
}

std::vector<std::size_t> check_network_levels(const PlatformFile& file) {
  std::size_t devices = 0;
  for (const PlatformFile::Devices& group : file.devices) devices += group.count;
  std::vector<std::vector<std::size_t>> sets;
  std::vector<std::pair<std::string, std::size_t>> origins;  // by set: its name and line
  for (std::size_t line = 0; line < file.networks.size(); ++line)
    for (NetworkPart& part : network_parts(file, file.networks[line])) {
      sets.push_back(std::move(part.devices));
      origins.emplace_back(std::move(part.name), line);
    }
  NetworkLevels found = find_network_levels(sets, devices);
  if (!found.overlap) return std::move(found.levels);
  const auto [first, last] = std::minmax(found.overlap->first, found.overlap->second);
  const bool are_equal =
      std::is_permutation(sets[first].begin(), sets[first].end(), sets[last].begin(), sets[last].end());
  const auto& [name, line] = origins[last];
  error("networks", line, file.networks[line].between_where, "between",
        "levels that overlap: '" + name + "' and '" + origins[first].first + "' have " +
            (are_equal ? "the same devices; expected one to have more than the other"
                       : "devices in common, and each has others; expected one to have all of the other's, or none"));
}

}  // namespace upmem_des
