#include "platform/network_builder.hpp"

#include <memory>
#include <utility>

#include "platform/topologies.hpp"

namespace upmem_des {

namespace {

/// Links follow each other: an up and a down link for each device, then for each NIC, then the middle.
class SwitchWays : public NetworkWays {
 public:
  SwitchWays(const NetworkSpec& network)
      : first_(network.link), middle_(network.middle), first_nic_(network.link + 2 * network.devices.size()) {
    if (network.nic_count > 0) devices_a_nic_ = network.devices.size() / network.nic_count;
  }

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    if (devices_a_nic_ > 0 && from / devices_a_nic_ == to / devices_a_nic_) return {up(from), down(to)};
    std::vector<LinkIndex> links{up(from)};
    if (devices_a_nic_ > 0) links.push_back(first_nic_ + 2 * (from / devices_a_nic_));
    if (middle_) links.push_back(*middle_);
    if (devices_a_nic_ > 0) links.push_back(first_nic_ + 2 * (to / devices_a_nic_) + 1);
    links.push_back(down(to));
    return links;
  }

 private:
  LinkIndex up(std::size_t position) const { return first_ + 2 * position; }
  LinkIndex down(std::size_t position) const { return first_ + 2 * position + 1; }

  LinkIndex first_;
  std::optional<LinkIndex> middle_;
  LinkIndex first_nic_;
  std::size_t devices_a_nic_ = 0;
};

/// For each device a link upwards, then one downwards; of two devices, one link each.
class RingWays : public NetworkWays {
 public:
  RingWays(const NetworkSpec& network) : first_(network.link), count_(network.devices.size()) {}

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    if (count_ == 2) return {first_ + from};
    const std::size_t hops_up = (to + count_ - from) % count_;
    const bool up = hops_up <= count_ - hops_up;
    std::vector<LinkIndex> links;
    for (std::size_t at = from; at != to; at = (at + (up ? 1 : count_ - 1)) % count_)
      links.push_back(first_ + 2 * at + (up ? 0 : 1));
    return links;
  }

 private:
  LinkIndex first_;
  std::size_t count_;
};

/// A link for every ordered pair.
class MeshWays : public NetworkWays {
 public:
  MeshWays(const NetworkSpec& network) : first_(network.link), count_(network.devices.size()) {}

  std::vector<LinkIndex> way(std::size_t from, std::size_t to) const override {
    return {first_ + from * (count_ - 1) + (to < from ? to : to - 1)};
  }

 private:
  LinkIndex first_;
  std::size_t count_;
};

class NetworkBuilder {
 public:
  NetworkBuilder(PlatformSpec& platform, const PlatformFile::Network& network, NetworkSpec& spec)
      : platform_(platform), network_(network), spec_(spec), devices_(spec.devices) {}

  std::shared_ptr<const NetworkWays> build() {
    switch (network_.topology) {
      case NetworkTopology::Switch:
        return build_switch();
      case NetworkTopology::Ring:
        return build_ring();
      case NetworkTopology::Mesh:
        return build_mesh();
      case NetworkTopology::Torus:
        return make_torus(network_.shape, adder());
      case NetworkTopology::FatTree:
        return make_fat_tree(network_.shape, adder());
      case NetworkTopology::Dragonfly:
        break;
    }
    return make_dragonfly(network_.shape, adder());
  }

 private:
  void add_link(std::string name, const Port& port, double latency_s, std::optional<DeviceIndex> owner) {
    LinkSpec link;
    link.name = std::move(name);
    link.bandwidth_Bps = port.bandwidth_Bps;
    link.latency_s = latency_s;
    link.power_W = port.power_W();
    link.stated_J_per_byte = port.energy_J_per_byte;
    link.role = LinkRole::DeviceToDevice;
    link.owner = owner;
    platform_.links.push_back(std::move(link));
  }

  AddLink adder() {
    return [this](const std::string& name, std::optional<std::size_t> owner, std::size_t width) {
      Port port = network_.port;
      port.bandwidth_Bps *= static_cast<double>(width);
      add_link(spec_.name + name, port, network_.latency_s, owner ? std::optional(devices_[*owner]) : std::nullopt);
      return platform_.links.size() - 1;
    };
  }

  void add_own_link(std::string name, std::size_t position) {
    add_link(std::move(name), network_.port, network_.latency_s, devices_[position]);
  }

  void add_wire(std::size_t from, std::size_t to) {
    add_own_link(spec_.name + "[" + std::to_string(from) + "-" + std::to_string(to) + "]", from);
  }

  std::shared_ptr<const NetworkWays> build_switch() {
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::string prefix = platform_.devices[devices_[i]].name + "." + network_.name;
      add_own_link(prefix + ".up", i);
      add_own_link(prefix + ".down", i);
    }
    double all_Bps = network_.port.bandwidth_Bps * static_cast<double>(devices_.size());
    if (const auto& nic = network_.nic) {
      spec_.nic_count = devices_.size() / nic->per;
      all_Bps = nic->port.bandwidth_Bps * static_cast<double>(spec_.nic_count);
      for (std::size_t i = 0; i < spec_.nic_count; ++i) {
        const std::string prefix = spec_.name + ".nic[" + std::to_string(i) + "]";
        const std::optional<DeviceIndex> owner = nic->per == 1 ? std::optional(devices_[i]) : std::nullopt;
        add_link(prefix + ".up", nic->port, nic->latency_s, owner);
        add_link(prefix + ".down", nic->port, nic->latency_s, owner);
      }
    }
    if (network_.oversubscription) {
      spec_.middle = platform_.links.size();
      add_link(spec_.name + ".middle", {all_Bps / *network_.oversubscription, 0}, 0, std::nullopt);
    }
    return std::make_shared<SwitchWays>(spec_);
  }

  std::shared_ptr<const NetworkWays> build_ring() {
    const std::size_t n = devices_.size();
    for (std::size_t i = 0; i < n; ++i) {
      add_wire(i, (i + 1) % n);
      if (n > 2) add_wire(i, (i + n - 1) % n);
    }
    return std::make_shared<RingWays>(spec_);
  }

  std::shared_ptr<const NetworkWays> build_mesh() {
    for (std::size_t from = 0; from < devices_.size(); ++from)
      for (std::size_t to = 0; to < devices_.size(); ++to)
        if (from != to) add_wire(from, to);
    return std::make_shared<MeshWays>(spec_);
  }

  PlatformSpec& platform_;
  const PlatformFile::Network& network_;
  NetworkSpec& spec_;
  const std::vector<DeviceIndex>& devices_;  // by position
};

}  // namespace

void add_network(PlatformSpec& platform, const PlatformFile::Network& network, const std::string& name,
                 std::vector<DeviceIndex> devices, std::size_t level) {
  NetworkSpec spec;
  spec.name = name;
  spec.topology = network.topology;
  spec.measured = network.measured;
  spec.devices = std::move(devices);
  spec.link = platform.links.size();
  spec.level = level;
  spec.shape = network.shape;
  spec.group = network.name;
  const auto ways = NetworkBuilder(platform, network, spec).build();
  spec.link_count = platform.links.size() - spec.link;
  platform.routes.add_network(spec.devices, level, ways);
  platform.networks.push_back(std::move(spec));
}

}  // namespace upmem_des
