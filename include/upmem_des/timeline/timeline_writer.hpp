/// Those who write a timeline down.
#pragma once

#include <cstddef>

#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// Figures that change in the course of a run.
enum class Quantity {
  ComputeUse,       ///< of a device: 1 while its arithmetic works, else 0
  MemoryUse,        ///< of a device: 1 while its memory port works, else 0
  MemoryBandwidth,  ///< of a device: bytes per second through its memory port
  DevicePower,      ///< of a device: arithmetic, memory and idle power, W; its links are apart
  WeightsHeld,      ///< of a device, bytes
  KvCacheHeld,      ///< of a device, bytes
  ActivationsHeld,  ///< of a device: of what it works on, bytes
  LinkUse,          ///< of a link: share of its bandwidth, 0 to 1
  LinkPower         ///< of a link, W
};

/// From `time_s` on.
struct QuantityChange {
  Quantity quantity = Quantity::ComputeUse;
  std::size_t index = 0;  ///< into PlatformSpec::devices, or PlatformSpec::links
  double time_s = 0;
  double value = 0;
};

/// Is called in order of time: the times of all calls never decrease. Every activity is told of twice, at its start and
/// at its end, with the same id; on one stream they do not overlap. A quantity that nobody told of is 0; of those that
/// change at one time only the last value is told.
class TimelineWriter {
 public:
  TimelineWriter() = default;
  TimelineWriter(const TimelineWriter&) = delete;
  TimelineWriter& operator=(const TimelineWriter&) = delete;
  virtual ~TimelineWriter() = default;

  /// The timeline starts: 0, or where its window does. The first call.
  virtual void on_begin(double time_s) = 0;
  /// A phase begins.
  virtual void on_phase(Phase phase, double time_s) = 0;
  virtual void on_start(const ActivityRecord& activity) = 0;  ///< at activity.start_s; end_s is not known
  virtual void on_end(const ActivityRecord& activity) = 0;    ///< at activity.end_s
  /// A quantity has another value from now on.
  virtual void on_change(const QuantityChange& change) = 0;
  /// The last call; everything has been told of. Files are put in place by commit(), not here.
  virtual void on_finish(double time_s) = 0;
};

}  // namespace upmem_des
