/// What must hold between the parts of a platform file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "platform/platform_file.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on links that are under themselves, counts that are no multiple of the count above, links that no
/// device is under, and more than most_devices links.
void check_platform_tree(const PlatformFile& file);

/// Where a network says which devices it joins; null where it does not.
struct NetworkNodes {
  const YamlNode* between = nullptr;  ///< is there
  const YamlNode* each = nullptr;
  const YamlNode* per = nullptr;
  const YamlNode* shape = nullptr;
};

/// Throws InputError, at one of the nodes, where the last network, or each of its parts, has too few or too many
/// devices or others than its shape, or where devices do not come out even; and on more than most_network_links links.
void check_last_network(const PlatformFile& file, const NetworkNodes& nodes);

/// One of the networks that a line of the file makes.
struct NetworkPart {
  std::string name;                  ///< "nvlink[3]"; the line's where it makes only this one
  std::vector<std::size_t> devices;  ///< positions among all of the file
};
std::vector<NetworkPart> network_parts(const PlatformFile& file, const PlatformFile::Network& network);

/// The level of each network: those of the first line in order, then those of the next. Throws InputError on networks
/// that have devices in common, but neither has all of the other's and some besides.
std::vector<std::size_t> check_network_levels(const PlatformFile& file);

}  // namespace upmem_des
