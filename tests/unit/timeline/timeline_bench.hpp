/// A machine of a host and two devices, and a writer that writes down what it is told.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/timeline/timeline_writer.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// HOST, "a" and "b". Routes 0 and 1: HOST to a and to b, both over link 0 ("down", 100 B/s, 2 W) and then links 1
/// ("to_a") and 2 ("to_b") of 80 B/s, 0.8 W. Device b draws 0.5 W when idle.
inline PlatformSpec two_devices() {
  PlatformSpec platform;
  for (const char* name : {"HOST", "a", "b"}) {
    platform.devices.emplace_back();
    platform.devices.back().name = name;
    platform.devices.back().architecture.name = name;
  }
  platform.devices[1].memory.power_W = 2;
  platform.devices[2].architecture.idle_W = 0.5;
  const auto link = [&](const char* name, double bandwidth_Bps, double power_W, std::optional<DeviceIndex> owner) {
    LinkSpec spec;
    spec.name = name;
    spec.bandwidth_Bps = bandwidth_Bps;
    spec.power_W = power_W;
    spec.owner = owner;
    platform.links.push_back(spec);
  };
  link("down", 100, 2, std::nullopt);
  link("to_a", 80, 0.8, 1);
  link("to_b", 80, 0.8, 2);
  platform.routes = {{host_device, {1}, {0, 1}}, {host_device, {2}, {0, 2}}};
  platform.devices[1].from_host = 0;
  platform.devices[2].from_host = 1;
  return platform;
}

inline const char* to_string(Quantity quantity) {
  switch (quantity) {
    case Quantity::ComputeUse:
      return "compute";
    case Quantity::MemoryUse:
      return "memory";
    case Quantity::MemoryBandwidth:
      return "bandwidth";
    case Quantity::DevicePower:
      return "power";
    case Quantity::WeightsHeld:
      return "weights";
    case Quantity::KvCacheHeld:
      return "kv";
    case Quantity::ActivationsHeld:
      return "activations";
    case Quantity::LinkUse:
      return "link";
    case Quantity::LinkPower:
      break;
  }
  return "link_power";
}

/// A line for each call: "2 start 7", "2.5 power[1]=3".
class CallList : public TimelineWriter {
 public:
  void on_begin(double time_s) override { add(time_s, "begin"); }
  void on_phase(Phase phase, double time_s) override { add(time_s, upmem_des::to_string(phase)); }
  void on_start(const ActivityRecord& activity) override {
    add(activity.start_s,
        fmt::format("start {}{}", activity.id, activity.event != nullptr ? " " + activity.event->name.str() : ""));
  }
  void on_end(const ActivityRecord& activity) override { add(activity.end_s, fmt::format("end {}", activity.id)); }
  void on_change(const QuantityChange& change) override {
    add(change.time_s, fmt::format("{}[{}]={}", to_string(change.quantity), change.index, change.value));
  }
  void on_finish(double time_s) override { add(time_s, "finish"); }

  std::vector<std::string> calls;
  std::vector<double> times;

 private:
  void add(double time_s, const std::string& what) {
    times.push_back(time_s);
    calls.push_back(fmt::format("{} {}", time_s, what));
  }
};

}  // namespace upmem_des
