#include "platform/network_shape_reader.hpp"

#include <string>

namespace upmem_des {

namespace {

std::size_t read_count(const YamlNode& node) {
  return static_cast<std::size_t>(yaml_integer(node, 1, most_devices));
}

std::vector<std::size_t> read_counts(YamlMap& map, const std::string& key, std::int64_t least) {
  const YamlNode& node = map.required(key);
  std::vector<std::size_t> counts;
  for (const YamlNode& item : yaml_sequence(node))
    counts.push_back(static_cast<std::size_t>(yaml_integer(item, least, most_devices)));
  if (counts.empty() || counts.size() > most_shape_levels)
    yaml_error(node, std::to_string(counts.size()) + " numbers; expected 1 to " + std::to_string(most_shape_levels));
  return counts;
}

void read_fat_tree(YamlMap& map, NetworkShape& shape) {
  shape.down = read_counts(map, "down", 1);
  const auto read_as_many = [&](const char* key) {
    std::vector<std::size_t> counts = read_counts(map, key, 1);
    if (counts.size() != shape.down.size())
      yaml_error(*map.optional(key), std::to_string(counts.size()) + " numbers; expected one for each of the " +
                                         std::to_string(shape.down.size()) + " levels of 'down'");
    return counts;
  };
  shape.up = read_as_many("up");
  if (map.optional("links") != nullptr)
    shape.links = read_as_many("links");
  else
    shape.links.assign(shape.down.size(), 1);
}

/// [4, 2]: four, with two wires between each.
NetworkShape::Many read_many(YamlMap& map, const std::string& key) {
  const YamlNode& node = map.required(key);
  const std::vector<YamlNode>& items = yaml_sequence(node);
  if (items.size() != 2)
    yaml_error(node, std::to_string(items.size()) + " numbers; expected how many there are, and wires between two");
  return {read_count(items[0]), read_count(items[1])};
}

void read_dragonfly(YamlMap& map, NetworkShape& shape) {
  shape.groups = read_many(map, "groups");
  shape.chassis = read_many(map, "chassis");
  shape.routers = read_many(map, "routers");
  shape.nodes = read_count(map.required("nodes"));
  if (shape.groups.count > shape.routers.count)
    yaml_error(*map.optional("groups"), std::to_string(shape.groups.count) + " groups, and " +
                                            std::to_string(shape.routers.count) +
                                            " routers of a chassis to reach them from; expected no more groups");
}

/// Their product, or one more than most_devices where it is larger.
std::size_t product_of(const std::vector<std::size_t>& counts) {
  std::size_t product = 1;
  for (const std::size_t count : counts)
    if ((product *= count) > most_devices) return most_devices + 1;
  return product;
}

double fat_tree_links(const NetworkShape& shape) {
  double links = 0;
  for (std::size_t level = 0; level < shape.down.size(); ++level) {
    double children = 1;
    for (std::size_t i = 0; i < shape.down.size(); ++i)
      children *= static_cast<double>(i >= level ? shape.down[i] : shape.up[i]);
    links += 2 * children * static_cast<double>(shape.up[level] * shape.links[level]);
  }
  return links;
}

/// Of eight devices.
const char* example_of(NetworkTopology topology) {
  if (topology == NetworkTopology::Torus) return "{dimensions: [4, 2]}";
  if (topology == NetworkTopology::FatTree) return "{down: [4, 2], up: [1, 2]}";
  return "{groups: [2, 1], chassis: [2, 1], routers: [2, 1], nodes: 1}";
}

}  // namespace

const YamlNode* read_shape(YamlMap& map, PlatformFile::Network& network) {
  const YamlNode* node = map.optional("shape");
  switch (network.topology) {
    case NetworkTopology::Switch:
    case NetworkTopology::Ring:
    case NetworkTopology::Mesh:
      if (node != nullptr)
        yaml_error(*node, std::string("means nothing on a ") + topology_name(network.topology) +
                              "; expected it on a torus, fat_tree or dragonfly");
      return nullptr;
    default:
      break;
  }
  if (node == nullptr)
    yaml_error(map.required("topology"),
               std::string(topology_name(network.topology)) +
                   " without a shape; expected one, such as shape: " + example_of(network.topology));
  if (node->kind != YamlNode::Kind::Map)
    yaml_error(*node, std::string("no shape of a ") + topology_name(network.topology) + "; expected one, such as " +
                          example_of(network.topology));
  YamlMap shape(*node);
  if (network.topology == NetworkTopology::Torus)
    network.shape.dimensions = read_counts(shape, "dimensions", 2);
  else if (network.topology == NetworkTopology::FatTree)
    read_fat_tree(shape, network.shape);
  else
    read_dragonfly(shape, network.shape);
  shape.done();
  return node;
}

std::size_t shape_devices(NetworkTopology topology, const NetworkShape& shape) {
  if (topology == NetworkTopology::Torus) return product_of(shape.dimensions);
  if (topology == NetworkTopology::FatTree) return product_of(shape.down);
  return product_of({shape.groups.count, shape.chassis.count, shape.routers.count, shape.nodes});
}

double network_links(const PlatformFile::Network& network, std::size_t devices) {
  const auto count = static_cast<double>(devices);
  const NetworkShape& shape = network.shape;
  switch (network.topology) {
    case NetworkTopology::Mesh:
      return count * (count - 1);
    case NetworkTopology::Torus:
      return 2 * count * static_cast<double>(shape.dimensions.size());
    case NetworkTopology::FatTree:
      return fat_tree_links(shape);
    case NetworkTopology::Dragonfly: {
      const auto groups = static_cast<double>(shape.groups.count);
      const double routers = count / static_cast<double>(shape.nodes);
      return 2 * count + groups * (groups - 1) +
             routers * static_cast<double>(shape.routers.count - 1 + shape.chassis.count - 1);
    }
    default:
      return 2 * count;
  }
}

}  // namespace upmem_des
