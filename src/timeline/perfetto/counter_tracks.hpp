/// Counters of a machine. Internal to the room.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "timeline/perfetto/trace_event_file.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/timeline/timeline_writer.hpp"

namespace upmem_des {

/// Writes quantities as counters, in the units that people know: for a device "power" (W), "memory bandwidth" (GB/s),
/// "memory held" (GB: weights, kv_cache, activations) and "compute use" (0 to 1), for a link its "bandwidth" used
/// (GB/s) and its "power" (W). Keeps for each the value that was written last. All series of a counter that change
/// within one ns make one event, which has their last values; a counter that begins later than the timeline is 0
/// before.
class CounterTracks {
 public:
  /// `links_pid`: the process that shows the links; that of device i is `first_device_pid` + i. References outlive the
  /// tracks.
  CounterTracks(const PlatformSpec& platform, TraceEventFile& file, std::int64_t links_pid,
                std::int64_t first_device_pid);

  void begin(Nanoseconds time) { begin_ = now_ = time; }
  /// The time must not go back.
  void change(const QuantityChange& change);
  /// Writes what was not written yet.
  void flush();

 private:
  enum class Counter { ComputeUse, MemoryBandwidth, MemoryHeld, DevicePower, LinkBandwidth, LinkPower };
  using Key = std::pair<Counter, std::size_t>;
  using Values = std::array<double, 3>;
  struct Track {
    Values values{};
    Values written{};
    bool begun = false;
    bool changed = false;  ///< stands in changed_
  };

  void set(const Key& key, std::size_t series, double value);
  void write(const Key& key, Nanoseconds time, const Values& values);
  std::string name(const Key& key) const;

  const PlatformSpec& platform_;
  TraceEventFile& file_;
  std::int64_t links_pid_;
  std::int64_t first_device_pid_;
  Nanoseconds begin_ = 0;
  Nanoseconds now_ = 0;
  std::map<Key, Track> tracks_;
  std::vector<Key> changed_;  // since now_
};

}  // namespace upmem_des
