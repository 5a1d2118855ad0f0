/// What devices do that work by formula.
#pragma once

#include <vector>

#include "simulation/loaded_step.hpp"
#include "simulation/stretch.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Adds up the pieces of work that each device runs, one at a time.
class WorkMeter {
 public:
  using At = LoadedStep::At;

  /// The platform outlives the meter.
  explicit WorkMeter(const PlatformSpec& platform) : platform_(platform), devices_(platform.devices.size()) {}

  /// A piece of work starts, and ends.
  void start(At at, double now_s);
  void end(At at);

  /// What a device has done since the last call, without how long that was.
  Stretch take(DeviceIndex device, double now_s);

 private:
  /// What has been done since the last call, and what of the piece that runs has been told of before.
  struct Device {
    Stretch done;
    Stretch told;
    At running;
    double since_s = 0;
  };

  const PlatformSpec& platform_;
  std::vector<Device> devices_;
};

}  // namespace upmem_des
