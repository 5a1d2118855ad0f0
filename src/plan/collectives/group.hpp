/// The devices of a collective, and the ways between them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan/tasks/route_table.hpp"
#include "platform/platform_spec.hpp"

namespace upmem_des {

/// Devices by position: 0, 1, …
class Group {
 public:
  /// At least two devices, all different. References outlive the group.
  Group(const PlatformSpec& platform, const RouteTable& routes, std::vector<DeviceIndex> devices);

  const PlatformSpec& platform() const { return platform_; }
  const RouteTable& routes() const { return routes_; }
  const std::vector<DeviceIndex>& devices() const { return devices_; }
  std::size_t size() const { return devices_.size(); }

  /// The figures of the network that all of them are in, the nearest one, where these are measured.
  const std::optional<MeasuredCollectives>& measured() const { return measured_; }

  /// Is there a direct way from one to another, neither of them the host, that no measured figures stand for?
  bool reaches(std::size_t from, std::size_t to) const;

  /// The devices cut where the nearest networks end, in order: two or more blocks of equal size, two or more devices.
  /// Empty where there are no such blocks.
  std::vector<std::vector<std::size_t>> blocks() const;

  /// Some of the devices.
  Group part(const std::vector<std::size_t>& positions) const;

 private:
  const PlatformSpec& platform_;
  const RouteTable& routes_;
  std::vector<DeviceIndex> devices_;
  /// By position: the networks with two or more of the devices, the smallest first.
  std::vector<std::vector<const NetworkSpec*>> networks_of_;
  std::optional<MeasuredCollectives> measured_;
};

}  // namespace upmem_des
