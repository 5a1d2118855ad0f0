#include "service/pools.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "platform/device_names.hpp"
#include "platform/platform_file.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

std::string key_of(const std::string& name, const char* key) {
  return "serving.disaggregation." + name + "." + key;
}

/// Which link stands for which, by the routes between devices that stand for each other.
class LinkPlaces {
 public:
  LinkPlaces(const PlatformSpec& platform, const PoolSection& pool, const std::string& name)
      : platform_(platform), pool_(pool), name_(name), places_(platform.links.size()) {
    std::iota(places_.begin(), places_.end(), LinkIndex{0});
  }

  void add(std::optional<RouteIndex> of_first, std::optional<RouteIndex> of_other) {
    if (of_first.has_value() != of_other.has_value()) fail();
    if (!of_first) return;
    // A route's reference holds until another one is made.
    const std::vector<LinkIndex> first = platform_.routes[*of_first].links, other = platform_.routes[*of_other].links;
    if (first.size() != other.size()) fail();
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (platform_.links[first[i]].bandwidth_Bps != platform_.links[other[i]].bandwidth_Bps) fail();
      const auto [at, is_new] = known_.emplace(first[i], other[i]);
      if (!is_new && at->second != other[i]) fail();
      places_[first[i]] = other[i];
    }
  }

  const std::vector<LinkIndex>& places() const { return places_; }

 private:
  [[noreturn]] void fail() const {
    throw InputError(pool_.replicas_where, key_of(name_, "replicas"),
                     "the links of its instances are not alike; expected as many as share links in the same way");
  }

  const PlatformSpec& platform_;
  const PoolSection& pool_;
  const std::string& name_;
  std::map<LinkIndex, LinkIndex> known_;
  std::vector<LinkIndex> places_;
};

}  // namespace

PlatformSpec named_devices(const Scenario& scenario) {
  if (scenario.platform.empty())
    throw InputError(scenario.serving->disaggregation->where, "serving.disaggregation",
                     "needs a machine that both pools are parts of; expected platform: FILE");
  const PlatformFile file = read_platform_file(scenario.platform, scenario.platform_changes);
  PlatformSpec named;
  named.devices.resize(1);
  named.devices.front().name = "HOST";
  for (const PlatformFile::Devices& group : file.devices) {
    named.groups.push_back({group.name, group.architecture, named.devices.size(), group.count});
    for (std::size_t i = 0; i < group.count; ++i) {
      named.devices.emplace_back();
      named.devices.back().name = group.count > 1 ? group.name + "[" + std::to_string(i) + "]" : group.name;
    }
  }
  return named;
}

std::vector<std::vector<DeviceIndex>> instances_of(const PoolSection& pool, const std::string& name,
                                                   const PlatformSpec& platform) {
  const std::string key = key_of(name, "mapping");
  const std::vector<DeviceIndex> devices = resolve_devices(platform, pool.mapping.device, pool.mapping.where, key);
  if (std::find(devices.begin(), devices.end(), host_device) != devices.end())
    throw InputError(pool.mapping.where, key, "HOST is no device of a pool; expected devices of the platform");
  const auto replicas = static_cast<std::size_t>(pool.replicas);
  if (devices.size() % replicas != 0)
    throw InputError(pool.replicas_where, key_of(name, "replicas"),
                     std::to_string(replicas) + " do not divide the " + std::to_string(devices.size()) +
                         " devices of '" + pool.mapping.device + "'; expected a divisor of it");
  const std::size_t each = devices.size() / replicas;
  std::vector<std::vector<DeviceIndex>> instances;
  for (auto first = devices.begin(); first != devices.end(); first += static_cast<std::ptrdiff_t>(each))
    instances.emplace_back(first, first + static_cast<std::ptrdiff_t>(each));
  return instances;
}

Scenario pool_scenario(Scenario scenario, const PoolSection& pool, const std::vector<DeviceIndex>& devices,
                       const PlatformSpec& named) {
  scenario.mapping = {};
  scenario.phase_mapping = {};
  scenario.parallel.reset();
  scenario.mapping.default_device = pool.mapping;
  std::string& device = scenario.mapping.default_device->device;
  device.clear();
  for (const DeviceIndex index : devices) device += (device.empty() ? "" : "+") + named.devices[index].name;
  return scenario;
}

std::vector<InstancePlace> pool_placements(const PlatformSpec& platform,
                                           const std::vector<std::vector<DeviceIndex>>& instances,
                                           const PoolSection& pool, const std::string& name) {
  std::vector<InstancePlace> placements;
  const std::vector<DeviceIndex>& first = instances.front();
  for (const std::vector<DeviceIndex>& other : instances) {
    InstancePlace placement;
    placement.devices.resize(platform.devices.size());
    std::iota(placement.devices.begin(), placement.devices.end(), DeviceIndex{0});
    LinkPlaces links(platform, pool, name);
    for (std::size_t i = 0; i < first.size(); ++i) {
      placement.devices[first[i]] = other[i];
      links.add(platform.devices[first[i]].from_host, platform.devices[other[i]].from_host);
      links.add(platform.devices[first[i]].to_host, platform.devices[other[i]].to_host);
      for (std::size_t j = 0; j < first.size(); ++j)
        if (i != j) links.add(platform.find_route(first[i], first[j]), platform.find_route(other[i], other[j]));
    }
    placement.links = links.places();
    placements.push_back(std::move(placement));
  }
  return placements;
}

}  // namespace upmem_des
