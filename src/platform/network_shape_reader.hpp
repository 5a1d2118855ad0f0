/// The key `shape` of a network in a platform file.
#pragma once

#include "platform/platform_file.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Reads the shape of a torus, fat tree or dragonfly, whose topology `network` has already, and gives its node; null
/// for other topologies. Throws InputError where it is missing or means nothing, on counts out of range, and on a
/// dragonfly of more groups than a chassis has routers.
const YamlNode* read_shape(YamlMap& map, PlatformFile::Network& network);

/// How many devices a network of that topology and shape joins; at most `most_devices` + 1.
std::size_t shape_devices(NetworkTopology topology, const NetworkShape& shape);

/// How many links a network between so many devices has; more than most_network_links as at least that.
double network_links(const PlatformFile::Network& network, std::size_t devices);

}  // namespace upmem_des
