#include "platform/platform_builder.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "platform/network_builder.hpp"
#include "platform/platform_checks.hpp"

namespace upmem_des {

namespace {

std::string instance_name(const std::string& group, std::size_t index, std::size_t count) {
  return count == 1 ? group : group + "[" + std::to_string(index) + "]";
}

/// The instance that a child is under, when children are spread evenly and in order.
std::size_t parent_of(std::size_t child, std::size_t children, std::size_t parents) {
  return child / (children / parents);
}

LinkSpec link_of(const std::string& name, const Port& port, double latency_s, LinkRole role) {
  LinkSpec link;
  link.name = name;
  link.bandwidth_Bps = port.bandwidth_Bps;
  link.latency_s = latency_s;
  link.power_W = port.power_W();
  link.stated_J_per_byte = port.energy_J_per_byte;
  link.role = role;
  return link;
}

class Builder {
 public:
  Builder(const PlatformFile& file, const std::function<DeviceRatings(const Architecture&)>& ratings)
      : file_(file), ratings_(ratings) {}

  PlatformSpec build(const Architecture& host, const std::vector<Architecture>& profiles, bool host_link) {
    platform_.name = file_.name;
    add_device("HOST", host);
    if (host_link) platform_.devices[host_device].to_host = add_way_up(host_device);
    for (const PlatformFile::LinkGroup& group : file_.links) add_shared_links(group);
    for (std::size_t i = 0; i < file_.links.size(); ++i) connect_shared_links(i);
    for (std::size_t i = 0; i < file_.devices.size(); ++i) add_devices(file_.devices[i], profiles[i]);
    for (std::size_t i = 0; i < file_.devices.size(); ++i)
      if (file_.devices[i].broadcast && file_.devices[i].count > 1) add_broadcast(platform_.groups[i]);
    add_networks();
    platform_.collectives = file_.collectives;
    add_prices();
    return std::move(platform_);
  }

 private:
  DeviceIndex add_device(const std::string& name, const Architecture& profile) {
    DeviceSpec device;
    device.name = name;
    device.architecture = profile;
    device.ratings = ratings_(profile);
    device.memory.name = name + ".memory";
    device.memory.bandwidth_Bps = device.ratings.memory_Bps;
    device.memory.power_W = device.ratings.memory_W;
    platform_.devices.push_back(std::move(device));
    return platform_.devices.size() - 1;
  }

  LinkIndex add_link(LinkSpec link) {
    platform_.links.push_back(std::move(link));
    return platform_.links.size() - 1;
  }

  RouteIndex add_route(DeviceIndex from, std::vector<DeviceIndex> to, std::vector<LinkIndex> links) {
    platform_.routes.push_back({from, std::move(to), std::move(links)});
    return platform_.routes.size() - 1;
  }

  void add_shared_links(const PlatformFile::LinkGroup& group) {
    first_shared_.push_back(platform_.shared_links.size());
    for (std::size_t i = 0; i < group.count; ++i) {
      SharedLinkSpec shared;
      shared.name = instance_name(group.name, i, group.count);
      shared.group = group.name;
      LinkSpec down =
          link_of(shared.name + ".host_to_device", group.host_to_device, group.latency_s, LinkRole::HostToDevice);
      LinkSpec up =
          link_of(shared.name + ".device_to_host", group.device_to_host, group.latency_s, LinkRole::DeviceToHost);
      if (group.half_duplex) {
        down.medium = up.medium = platform_.media.size();
        platform_.media.push_back({shared.name + ".medium", down.bandwidth_Bps});
      }
      shared.host_to_device = add_link(std::move(down));
      shared.device_to_host = add_link(std::move(up));
      platform_.shared_links.push_back(std::move(shared));
    }
  }

  void connect_shared_links(std::size_t group) {
    const PlatformFile::LinkGroup& links = file_.links[group];
    for (std::size_t i = 0; i < links.count; ++i)
      platform_.shared_links[first_shared_[group] + i].under = shared_link(links.under, i, links.count);
  }

  std::optional<std::size_t> shared_link(const std::optional<std::size_t>& under, std::size_t child,
                                         std::size_t children) const {
    if (!under) return std::nullopt;
    return first_shared_[*under] + parent_of(child, children, file_.links[*under].count);
  }

  void add_devices(const PlatformFile::Devices& group, const Architecture& profile) {
    platform_.groups.push_back({group.name, profile.name, platform_.devices.size(), group.count});
    for (std::size_t i = 0; i < group.count; ++i) {
      const DeviceIndex index = add_device(instance_name(group.name, i, group.count), profile);
      platform_.devices[index].under = shared_link(group.under, i, group.count);
      const RouteIndex down = add_way_down(index);
      const RouteIndex up = add_way_up(index);
      platform_.devices[index].from_host = down;
      platform_.devices[index].to_host = up;
    }
  }

  RouteIndex add_way_down(DeviceIndex index) {
    std::vector<LinkIndex> links;
    for (auto at = platform_.devices[index].under; at; at = platform_.shared_links[*at].under)
      links.insert(links.begin(), platform_.shared_links[*at].host_to_device);
    links.push_back(add_own_link(index, LinkRole::HostToDevice));
    return add_route(host_device, {index}, std::move(links));
  }

  RouteIndex add_way_up(DeviceIndex index) {
    std::vector<LinkIndex> links{add_own_link(index, LinkRole::DeviceToHost)};
    for (auto at = platform_.devices[index].under; at; at = platform_.shared_links[*at].under)
      links.push_back(platform_.shared_links[*at].device_to_host);
    return add_route(index, {host_device}, std::move(links));
  }

  LinkIndex add_own_link(DeviceIndex index, LinkRole role) {
    const DeviceSpec& device = platform_.devices[index];
    const bool down = role == LinkRole::HostToDevice;
    const Port& port = down ? device.architecture.host_to_device : device.architecture.device_to_host;
    LinkSpec link = link_of(device.name + (down ? ".host_to_device" : ".device_to_host"), port,
                            device.architecture.link_latency_s, role);
    link.owner = index;
    return add_link(std::move(link));
  }

  void add_broadcast(const DeviceGroup& group) {
    std::vector<DeviceIndex> to;
    std::vector<LinkIndex> links;
    std::vector<bool> crossed(platform_.links.size());
    for (DeviceIndex device = group.first; device < group.first + group.count; ++device) {
      to.push_back(device);
      for (const LinkIndex link : platform_.routes[*platform_.devices[device].from_host].links)
        if (!crossed[link]) {
          crossed[link] = true;
          links.push_back(link);
        }
    }
    add_route(host_device, std::move(to), std::move(links));
  }

  void add_networks() {
    const std::vector<std::size_t> levels = check_network_levels(file_);
    std::size_t index = 0;
    for (const PlatformFile::Network& network : file_.networks)
      for (NetworkPart& part : network_parts(file_, network)) {
        for (DeviceIndex& device : part.devices) device += 1;  // after HOST
        add_network(platform_, network, part.name, std::move(part.devices), levels[index++]);
      }
  }

  void add_prices() {
    PlatformPrices& prices = platform_.prices;
    prices.machine = file_.price;
    prices.host_share = file_.host.power_share;
    for (const PlatformFile::LinkGroup& link : file_.links)
      if (link.price) prices.parts.push_back({link.name, link.count, *link.price});
    for (const PlatformFile::Network& network : file_.networks) {
      if (!network.price) continue;
      const std::size_t count =
          static_cast<std::size_t>(std::count_if(platform_.networks.begin(), platform_.networks.end(),
                                                 [&](const NetworkSpec& one) { return one.group == network.name; }));
      prices.parts.push_back({network.name, count, *network.price});
    }
  }

  const PlatformFile& file_;
  const std::function<DeviceRatings(const Architecture&)>& ratings_;
  PlatformSpec platform_;
  std::vector<std::size_t> first_shared_;  // of file_.links, index into platform_.shared_links
};

}  // namespace

PlatformSpec build_platform(const PlatformFile& file, const Catalogue& catalogue,
                            const std::function<Architecture(const Architecture&)>& host_profile,
                            const std::function<DeviceRatings(const Architecture&)>& ratings, bool host_link) {
  Architecture host = host_profile(catalogue.get(file.host.architecture, file.host.where, "host.architecture"));
  if (file.host.capacity_B) host.capacity_B = file.host.capacity_B;
  host.idle_W = file.host.idle_W.value_or(host.idle_W) * file.host.power_share;
  host.active_W = file.host.active_W.value_or(host.active_W) * file.host.power_share;
  if (file.host.price) host.price = host.price.value_or(ItemPrice{}).with(*file.host.price);
  if (const std::string problem = host.power_limit_problem(); !problem.empty())
    throw InputError(file.host.where, "host: " + problem);
  std::vector<Architecture> profiles;
  for (const PlatformFile::Devices& group : file.devices) {
    profiles.push_back(
        group.changes.applied_to(catalogue.get(group.architecture, group.architecture_where, group.architecture_key)));
    if (const std::string problem = profiles.back().power_limit_problem(); !problem.empty())
      throw InputError(group.where, "device '" + group.name + "': " + problem);
  }
  return Builder(file, ratings).build(host, profiles, host_link);
}

}  // namespace upmem_des
