/// What of a machine's energy can be said.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Profiles may leave energies out (EnergyFigure). What such a device has a part in then has an energy that nobody
/// knows.
class StatedEnergies {
 public:
  explicit StatedEnergies(const PlatformSpec& platform);

  /// Of all devices and links.
  bool all() const { return gaps_.empty(); }
  /// Of arithmetic and memory, and of the links that are the device's own.
  bool of_device(DeviceIndex device) const { return devices_[device]; }
  bool of_link(LinkIndex link) const { return links_[link]; }
  bool all_links() const;
  /// Of all its links.
  bool of_route(const RouteSpec& route) const;

  /// Names of profiles and the keys that they lack, in the order of the first device that has each.
  const std::vector<std::pair<std::string, std::vector<std::string>>>& gaps() const { return gaps_; }

 private:
  std::vector<bool> devices_;
  std::vector<bool> links_;
  std::vector<std::pair<std::string, std::vector<std::string>>> gaps_;
};

}  // namespace upmem_des
