/// The devices of a collective, and the ways between them.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "plan/tasks/route_table.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Devices by position: 0, 1, …
class Group {
 public:
  /// At least two devices, all different. References outlive the group. `root`: the position of the one that gets all,
  /// where one does.
  Group(const PlatformSpec& platform, const RouteTable& routes, std::vector<DeviceIndex> devices, std::size_t root = 0)
      : platform_(platform), routes_(routes), devices_(std::move(devices)), root_(root) {}

  const PlatformSpec& platform() const { return platform_; }
  const RouteTable& routes() const { return routes_; }
  const std::vector<DeviceIndex>& devices() const { return devices_; }
  std::size_t size() const { return devices_.size(); }
  std::size_t root() const { return root_; }
  bool is_host(std::size_t i) const { return devices_[i] == host_device; }

  /// The figures of the network that all of them are in, the nearest one, where these are measured.
  const std::optional<MeasuredCollectives>& measured() const { return levels().measured; }

  /// Is there a direct way from one to another? Either may be the host.
  bool has_way(std::size_t from, std::size_t to) const {
    return routes_.find(devices_[from], devices_[to]).has_value();
  }

  /// Is there a direct way from one to another, neither of them the host, that no measured figures stand for?
  bool reaches(std::size_t from, std::size_t to) const;

  /// The devices cut where the nearest networks end, in order: two or more blocks of equal size, two or more devices.
  /// Empty where there are no such blocks.
  std::vector<std::vector<std::size_t>> blocks() const;

  /// Some of the devices.
  Group part(const std::vector<std::size_t>& positions) const;

 private:
  struct Levels {
    /// By position: the networks with two or more of the devices, the smallest first.
    std::vector<std::vector<const NetworkSpec*>> networks_of;
    std::optional<MeasuredCollectives> measured;
  };
  const Levels& levels() const;

  const PlatformSpec& platform_;
  const RouteTable& routes_;
  std::vector<DeviceIndex> devices_;
  std::size_t root_;
  mutable std::optional<Levels> levels_;  // once they have been asked for
};

}  // namespace upmem_des
