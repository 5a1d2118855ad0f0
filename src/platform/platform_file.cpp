#include "platform/platform_file.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "architecture/architecture_reader.hpp"
#include "architecture/figures.hpp"
#include "platform/network_shape_reader.hpp"
#include "platform/platform_changes.hpp"
#include "platform/platform_checks.hpp"
#include "price/cost_reader.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using LinkGroup = PlatformFile::LinkGroup;
using Devices = PlatformFile::Devices;
using Network = PlatformFile::Network;

constexpr std::size_t longest_name = 100;
constexpr double most_oversubscription = 1e6;
constexpr double most_measured_us = 1e9;
constexpr double least_efficiency = 1e-6;

bool is_group_name(const std::string& name) {
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(), word) && name.size() <= longest_name;
}

bool means_host(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name == "host";
}

/// `under` as written; names are looked up when all are known.
struct Under {
  std::string name;
  const YamlNode* node = nullptr;
};

class Reader {
 public:
  explicit Reader(const YamlNode& root) : root_(root) {}

  PlatformFile read() {
    YamlMap map(root_);
    if (const YamlNode* name = map.optional("name")) file_.name = yaml_text(*name);
    if (const YamlNode* host = map.optional("host")) read_host(*host);
    if (const YamlNode* cost = map.optional("cost")) file_.price = read_machine_price(*cost);
    const YamlNode* links = map.optional("links");
    const YamlNode& devices = map.required("devices");
    const YamlNode* networks = map.optional("networks");
    if (const YamlNode* fixed = map.optional("collectives")) file_.collectives = read_named_choices(*fixed);
    map.done();
    if (links != nullptr)
      for (const YamlNode& node : yaml_sequence(*links)) read_link(node);
    for (const YamlNode& node : yaml_sequence(devices)) read_devices(node);
    if (file_.devices.empty()) yaml_error(devices, "an empty list; expected at least one group of devices");
    for (std::size_t i = 0; i < file_.links.size(); ++i) file_.links[i].under = find_link(link_under_[i]);
    for (std::size_t i = 0; i < file_.devices.size(); ++i) file_.devices[i].under = find_link(devices_under_[i]);
    if (networks != nullptr)
      for (const YamlNode& node : yaml_sequence(*networks)) read_network(node);
    check_network_levels(file_);
    check_platform_tree(file_);
    return std::move(file_);
  }

 private:
  void read_host(const YamlNode& node) {
    YamlMap map(node);
    file_.host.where = node.where;
    if (const YamlNode* architecture = map.optional("architecture")) {
      file_.host.architecture = yaml_text(*architecture);
      file_.host.where = architecture->where;
    }
    if (const YamlNode* capacity = map.optional("capacity_GB")) file_.host.capacity_B = yaml_giga(*capacity);
    if (const YamlNode* idle = map.optional("idle_W")) file_.host.idle_W = yaml_amount(*idle);
    if (const YamlNode* active = map.optional("active_W")) file_.host.active_W = yaml_amount(*active);
    if (const YamlNode* share = map.optional("power_share")) file_.host.power_share = yaml_share(*share);
    file_.host.price = read_cost(map);
    map.done();
  }

  void read_link(const YamlNode& node) {
    YamlMap map(node);
    LinkGroup link;
    link.where = node.where;
    link.name = read_name(map);
    link.count = read_count(map);
    link_under_.push_back(read_under(map));
    const YamlNode* duplex = map.optional("duplex");
    link.half_duplex = duplex != nullptr && yaml_choice(*duplex, {"full", "half"}) == "half";
    link.host_to_device = read_direction(map, "host_to_device");
    link.device_to_host = read_direction(map, "device_to_host");
    link.latency_s = read_latency(map);
    link.price = read_cost(map);
    map.done();
    if (link.half_duplex && link.host_to_device.bandwidth_Bps != link.device_to_host.bandwidth_Bps)
      yaml_error(*duplex, "two bandwidths for one set of wires; expected equal ones, or bw_GBs");
    file_.links.push_back(link);
  }

  /// "PREFIX_bw_GBs" or "bw_GBs" for both directions, and the energy in the same way.
  Port read_direction(YamlMap& map, const std::string& prefix) {
    const auto either = [&map, &prefix](const std::string& key) -> const YamlNode* {
      const YamlNode* both = map.optional(key);
      const YamlNode* one = map.optional(prefix + "_" + key);
      if (both != nullptr && one != nullptr)
        yaml_error(*one, "there is a '" + key + "' for both directions, too; expected one of the two");
      return one != nullptr ? one : both;
    };
    Port port;
    const YamlNode* bandwidth = either("bw_GBs");
    port.bandwidth_Bps = yaml_giga(bandwidth != nullptr ? *bandwidth : map.required(prefix + "_bw_GBs"));
    if (const YamlNode* energy = either("pj_per_bit")) port.energy_J_per_byte = yaml_pj_per_bit(*energy);
    return port;
  }

  static std::optional<ItemPrice> read_cost(YamlMap& map) {
    const YamlNode* cost = map.optional("cost");
    if (cost == nullptr) return std::nullopt;
    return read_item_price(*cost);
  }

  double read_latency(YamlMap& map) {
    const YamlNode* latency = map.optional("latency_ns");
    return latency == nullptr ? 0 : yaml_ns(*latency);
  }

  void read_devices(const YamlNode& node) {
    YamlMap map(node);
    Devices devices;
    devices.where = node.where;
    devices.name = read_name(map);
    const YamlNode& architecture = map.required("architecture");
    devices.architecture = yaml_text(architecture);
    devices.architecture_where = architecture.where;
    devices.architecture_key = architecture.key;
    if (canonical_device_name(devices.architecture) == "HOST")
      yaml_error(architecture, "HOST is there already; expected another architecture");
    const YamlNode* count = map.optional("count");
    devices.count = read_count(map);
    devices_under_.push_back(read_under(map));
    devices.changes = read_profile_changes(map);
    if (const YamlNode* broadcast = map.optional("broadcast")) devices.broadcast = yaml_truth(*broadcast);
    map.done();
    device_count_ += devices.count;
    if (device_count_ > most_devices)
      yaml_error(count != nullptr ? *count : node,
                 std::to_string(device_count_) + " devices in all; expected at most " + std::to_string(most_devices));
    file_.devices.push_back(devices);
  }

  void read_network(const YamlNode& node) {
    YamlMap map(node);
    Network network;
    network.where = node.where;
    network.name = read_name(map);
    const YamlNode& between = map.required("between");
    network.between_where = between.where;
    if (between.kind == YamlNode::Kind::Sequence)
      for (const YamlNode& group : between.items) add_member(network, group, yaml_text(group));
    else
      add_members(network, between);
    const YamlNode* each = map.optional("each");
    if (each != nullptr) network.each = static_cast<std::size_t>(yaml_integer(*each, 2, most_devices));
    network.topology = read_topology(map.required("topology"));
    const std::string topology = topology_name(network.topology);
    const YamlNode* shape = read_shape(map, network);
    network.port = read_port(map);
    network.latency_s = read_latency(map);
    const auto on_switch = [&](const char* key) {
      const YamlNode* value = map.optional(key);
      if (value != nullptr && network.topology != NetworkTopology::Switch)
        yaml_error(*value, "means nothing on a " + topology + "; expected it on a switch");
      return value;
    };
    const YamlNode* per = nullptr;
    if (const YamlNode* nic = on_switch("nic")) {
      network.nic = Network::Nic();  // emplace() is one that clang 14 does not find for a type within a type
      per = &read_nic(*nic, *network.nic);
    }
    if (const YamlNode* ratio = on_switch("oversubscription"))
      network.oversubscription = yaml_number(*ratio, {1, most_oversubscription});
    const auto measured_s = [&](const char* key, double MeasuredCollectives::*member) {
      const YamlNode* time = on_switch(key);
      if (time == nullptr) return;
      if (!network.measured) network.measured.emplace();
      *network.measured.*member = yaml_number(*time, {0, most_measured_us}) * 1e-6;
    };
    measured_s("base_us", &MeasuredCollectives::base_s);
    measured_s("per_log2_us", &MeasuredCollectives::per_log2_s);
    if (const YamlNode* efficiency = map.optional("efficiency")) {
      const double reached = yaml_number(*efficiency, {least_efficiency, 1});
      network.port.bandwidth_Bps *= reached;
      if (network.nic) network.nic->port.bandwidth_Bps *= reached;
    }
    network.price = read_cost(map);
    map.done();
    file_.networks.push_back(network);
    check_last_network(file_, {&between, each, per, shape});
  }

  static NetworkTopology read_topology(const YamlNode& node) {
    std::vector<std::string> names;
    for (const NetworkTopology topology : all_topologies) names.emplace_back(topology_name(topology));
    const std::string name = yaml_choice(node, names);
    return all_topologies[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  }

  /// Gives the node of `per`.
  const YamlNode& read_nic(const YamlNode& node, Network::Nic& nic) {
    YamlMap map(node);
    const YamlNode& per = map.required("per");
    nic.per = static_cast<std::size_t>(yaml_integer(per, 1, most_devices));
    nic.port = read_port(map);
    nic.latency_s = read_latency(map);
    map.done();
    return per;
  }

  Port read_port(YamlMap& map) {
    Port port;
    port.bandwidth_Bps = yaml_giga(map.required("bw_GBs"));
    if (const YamlNode* energy = map.optional("pj_per_bit")) port.energy_J_per_byte = yaml_pj_per_bit(*energy);
    return port;
  }

  /// "gpu" or "left+right".
  void add_members(Network& network, const YamlNode& node) {
    const std::string text = yaml_text(node);
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('+', at), text.size());
      const std::size_t first = std::min(text.find_first_not_of(' ', at), end);
      const std::size_t last = text.find_last_not_of(' ', end - 1);
      add_member(network, node, first == end ? "" : text.substr(first, last + 1 - first));
      at = end + 1;
    }
  }

  void add_member(Network& network, const YamlNode& node, const std::string& name) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < file_.devices.size(); ++i) {
      names.push_back(file_.devices[i].name);
      if (names.back() != name) continue;
      if (std::find(network.between.begin(), network.between.end(), i) != network.between.end())
        yaml_error(node, "'" + name + "' a second time; expected each group once");
      network.between.push_back(i);
      return;
    }
    yaml_error(node,
               "unknown group of devices '" + name + "'; expected one of " + listed(names) + did_you_mean(name, names));
  }

  std::string read_name(YamlMap& map) {
    const YamlNode& node = map.required("name");
    std::string name = yaml_text(node);
    if (!is_group_name(name))
      yaml_error(node, "not a name; expected a letter, then letters, digits, '_' and '-', at most " +
                           std::to_string(longest_name));
    if (means_host(name)) yaml_error(node, "'" + name + "' is the host; expected another name");
    if (std::find(names_.begin(), names_.end(), name) != names_.end())
      yaml_error(node, "a second '" + name + "'; expected links, devices and networks to have names of their own");
    names_.push_back(name);
    return name;
  }

  std::size_t read_count(YamlMap& map) {
    const YamlNode* node = map.optional("count");
    return node == nullptr ? 1 : static_cast<std::size_t>(yaml_integer(*node, 1, most_devices));
  }

  Under read_under(YamlMap& map) {
    const YamlNode* node = map.optional("under");
    return node == nullptr ? Under{"host", nullptr} : Under{yaml_text(*node), node};
  }

  std::optional<std::size_t> find_link(const Under& under) const {
    if (means_host(under.name)) return std::nullopt;
    std::vector<std::string> names{"host"};
    for (std::size_t i = 0; i < file_.links.size(); ++i) {
      if (file_.links[i].name == under.name) return i;
      names.push_back(file_.links[i].name);
    }
    yaml_error(*under.node,
               "unknown link '" + under.name + "'; expected one of " + listed(names) + did_you_mean(under.name, names));
  }

  const YamlNode& root_;
  PlatformFile file_;
  std::vector<std::string> names_;
  std::vector<Under> link_under_;     // of file_.links
  std::vector<Under> devices_under_;  // of file_.devices
  std::size_t device_count_ = 0;
};

}  // namespace

PlatformFile read_platform_file(const std::string& path, const YamlNode& changes) {
  YamlNode root = read_yaml_file(path);
  if (root.kind == YamlNode::Kind::Null) throw InputError({path}, "empty; expected a list of devices");
  apply_platform_changes(root, changes);
  PlatformFile file = Reader(root).read();
  file.path = path;
  if (file.name.empty()) file.name = std::filesystem::path(path).filename().string();
  return file;
}

}  // namespace upmem_des
