/// Which device a layer runs on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "platform/platform_spec.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

/// Where a mapped layer goes, and how its input gets there.
struct MapTarget {
  DeviceIndex device = host_device;
  bool transfer_point = false;  ///< `t`: the input comes from the host
  bool shared_input = false;    ///< `m`: the input is sent once to a block of experts
};

/// The mapping of a run, looked up by interned names.
class Mapping {
 public:
  struct Found {
    Name key;  ///< the key that matched; empty for the default
    const MapTarget* target = nullptr;
  };

  void set(Name key, const MapTarget& target);
  /// The device of layers that are not named; without it they stay on the current device.
  void set_default(DeviceIndex device) { default_ = MapTarget{device, false, false}; }

  /// The target of an event: that of its `map_key` or, where it has none, of its `name`, else of its `type`; else the
  /// default; else no target.
  Found find(const LayerEvent& event) const;

 private:
  const MapTarget* at(Name key) const;

  std::vector<std::optional<MapTarget>> by_name_;  // by Name::index()
  std::optional<MapTarget> default_;
};

}  // namespace upmem_des
