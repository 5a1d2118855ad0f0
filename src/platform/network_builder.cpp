#include "platform/network_builder.hpp"

#include <string>
#include <utility>

namespace upmem_des {

namespace {

class NetworkBuilder {
 public:
  NetworkBuilder(PlatformSpec& platform, const PlatformFile::Network& network)
      : platform_(platform), network_(network) {
    NetworkSpec spec{network.name, network.topology, {}, platform.links.size()};
    for (const std::size_t group : network.between)
      for (std::size_t i = 0; i < platform.groups[group].count; ++i)
        spec.devices.push_back(platform.groups[group].first + i);
    devices_ = spec.devices;
    platform.networks.push_back(std::move(spec));
  }

  void build() {
    switch (network_.topology) {
      case NetworkTopology::Switch:
        return build_switch();
      case NetworkTopology::Ring:
        return build_ring();
      case NetworkTopology::Mesh:
        return build_mesh();
    }
  }

 private:
  LinkIndex add_link(const std::string& name, std::size_t position) {
    LinkSpec link;
    link.name = name;
    link.bandwidth_Bps = network_.port.bandwidth_Bps;
    link.latency_s = network_.latency_s;
    link.power_W = network_.port.power_W();
    link.stated_J_per_byte = network_.port.energy_J_per_byte;
    link.role = LinkRole::DeviceToDevice;
    link.owner = devices_[position];
    platform_.links.push_back(std::move(link));
    return platform_.links.size() - 1;
  }

  LinkIndex add_wire(std::size_t from, std::size_t to) {
    return add_link(network_.name + "[" + std::to_string(from) + "-" + std::to_string(to) + "]", from);
  }

  void add_route(std::size_t from, std::size_t to, std::vector<LinkIndex> links) {
    platform_.routes.push_back({devices_[from], {devices_[to]}, std::move(links)});
  }

  void build_switch() {
    std::vector<LinkIndex> up, down;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::string prefix = platform_.devices[devices_[i]].name + "." + network_.name;
      up.push_back(add_link(prefix + ".up", i));
      down.push_back(add_link(prefix + ".down", i));
    }
    for (std::size_t from = 0; from < devices_.size(); ++from)
      for (std::size_t to = 0; to < devices_.size(); ++to)
        if (from != to) add_route(from, to, {up[from], down[to]});
  }

  void build_ring() {
    const std::size_t n = devices_.size();
    std::vector<LinkIndex> upwards, downwards;
    for (std::size_t i = 0; i < n; ++i) {
      upwards.push_back(add_wire(i, (i + 1) % n));
      downwards.push_back(n == 2 ? upwards.back() : add_wire(i, (i + n - 1) % n));
    }
    for (std::size_t from = 0; from < n; ++from)
      for (std::size_t to = 0; to < n; ++to) {
        if (from == to) continue;
        const std::size_t hops_up = (to + n - from) % n;
        const bool up = hops_up <= n - hops_up;
        std::vector<LinkIndex> links;
        for (std::size_t at = from; at != to; at = (at + (up ? 1 : n - 1)) % n)
          links.push_back(up ? upwards[at] : downwards[at]);
        add_route(from, to, std::move(links));
      }
  }

  void build_mesh() {
    for (std::size_t from = 0; from < devices_.size(); ++from)
      for (std::size_t to = 0; to < devices_.size(); ++to)
        if (from != to) add_route(from, to, {add_wire(from, to)});
  }

  PlatformSpec& platform_;
  const PlatformFile::Network& network_;
  std::vector<DeviceIndex> devices_;  // by position
};

}  // namespace

void add_network(PlatformSpec& platform, const PlatformFile::Network& network) {
  NetworkBuilder(platform, network).build();
}

}  // namespace upmem_des
