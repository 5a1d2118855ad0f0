#include "service/replicas.hpp"

#include <string>
#include <utility>
#include <vector>

namespace upmem_des {

namespace {

std::string indexed(const DeviceGroup& group, std::size_t all, std::size_t index) {
  return all > 1 ? group.name + "[" + std::to_string(index) + "]" : group.name;
}

/// The names of an instance's devices, by its index.
std::vector<std::string> names_of(const PlatformSpec& instance, std::size_t replicas, std::size_t replica) {
  std::vector<std::string> names{instance.devices.front().name};
  for (std::size_t i = 1; i < instance.devices.size(); ++i) {
    names.push_back(instance.devices[i].name + (replica > 0 ? " #" + std::to_string(replica) : ""));
    for (const DeviceGroup& group : instance.groups)
      if (i >= group.first && i < group.first + group.count)
        names.back() = indexed(group, group.count * replicas, replica * group.count + i - group.first);
  }
  return names;
}

/// "gpu[0].host_to_device" of the instance's gpu[0] is that of the device's new name.
std::string link_name(const LinkSpec& link, const PlatformSpec& instance, const std::vector<std::string>& names,
                      std::size_t replica) {
  if (link.owner) {
    const std::string& owner = instance.devices[*link.owner].name;
    if (const std::size_t at = link.name.find(owner); at != std::string::npos)
      return link.name.substr(0, at) + names[*link.owner] + link.name.substr(at + owner.size());
  }
  return replica > 0 ? link.name + " #" + std::to_string(replica) : link.name;
}

}  // namespace

PlatformSpec replicated(const PlatformSpec& instance, std::size_t replicas) {
  PlatformSpec all;
  all.name = instance.name;
  all.devices.push_back(instance.devices.front());
  all.devices.front().from_host = all.devices.front().to_host = std::nullopt;
  const std::size_t of_each = instance.devices.size() - 1;
  for (std::size_t replica = 0; replica < replicas; ++replica) {
    const std::vector<std::string> names = names_of(instance, replicas, replica);
    for (std::size_t i = 1; i <= of_each; ++i) {
      DeviceSpec device = instance.devices[i];
      device.memory.name =
          names[i] + device.memory.name.substr(std::min(device.name.size(), device.memory.name.size()));
      device.name = names[i];
      device.from_host = device.to_host = std::nullopt;
      device.under.reset();
      all.devices.push_back(std::move(device));
    }
    for (LinkSpec link : instance.links) {
      link.name = link_name(link, instance, names, replica);
      if (link.owner && *link.owner > 0) *link.owner += replica * of_each;
      link.medium.reset();
      all.links.push_back(std::move(link));
    }
  }
  return all;
}

}  // namespace upmem_des
