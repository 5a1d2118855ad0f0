/// Where arrows begin. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "timeline/perfetto/trace_event_file.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// A slice that has been drawn.
struct DrawnSlice {
  std::int64_t activity = 0;
  TraceThread thread;
  Nanoseconds start = 0;
  Nanoseconds end = 0;
};

/// Remembers which slices stand for an event on each device, those of the latest events only: what a run keeps here
/// does not grow with its length. Arrows from events that are forgotten, or that lie before the timeline, are left out.
///
/// A record does not say what it waited for, so that arrows follow from the event's `deps` (the event before where
/// there are none) and from the transfers that belong to the event:
/// - a compute comes from the transfers of its event that have reached its device since the last compute there; and,
/// where
///   it is the event's own work, from the latest slice of each event it depends on: on its own device, else (if no
///   transfer of its event has come here) on the first device of that event;
/// - a transfer comes from what of its own event is on its source device: the transfers that have arrived there, or the
///   latest compute; an "input" comes from transfers only. Else it comes from the events that its own depends on, as
///   above;
/// - the transfer that ends the run comes from the latest event that its source device had a part in.
/// The latest slice of an event on a device is a compute there, or a transfer of the event to there. No compute gets
/// two arrows from one slice.
class ArrowSources {
 public:
  static constexpr std::size_t most_events = 4096;
  static constexpr std::size_t most_slices = 131'072;

  /// The slices that `starting` comes from. All that have ended before must have been told of.
  std::vector<DrawnSlice> of_compute(const ActivityRecord& starting);
  std::vector<DrawnSlice> of_transfer(const ActivityRecord& starting, DeviceIndex from);

  void add_compute(const ActivityRecord& ended, const DrawnSlice& slice);
  void add_transfer(const ActivityRecord& ended, const RouteSpec& route, const DrawnSlice& slice);

  /// How many events, and how many slices, are remembered.
  std::size_t events() const { return events_.size(); }
  std::size_t slices() const { return slices_; }

 private:
  /// An event on a device.
  struct Place {
    bool computed = false;
    bool arrived = false;  ///< has a transfer of the event come here?
    DrawnSlice latest;
    bool latest_arrived = false;          ///< is `latest` a transfer?
    std::vector<DrawnSlice> waiting;      ///< transfers that nothing has taken up yet
    std::vector<std::int64_t> has_arrow;  ///< activities that a compute here has an arrow from

    bool drawn() const { return computed || arrived; }
  };
  struct Places {
    std::map<DeviceIndex, Place> on;
    std::optional<DeviceIndex> first_arrived;
    std::optional<DeviceIndex> first_computed;
  };

  /// None where the event is not remembered, or has no place there.
  Place* find(std::int64_t seq, DeviceIndex device);
  /// A new one where there is none.
  Place& place(std::int64_t seq, DeviceIndex device);
  std::vector<DrawnSlice> take_waiting(Place& place);
  /// Of the events that `event` depends on, their latest slice on `device`, else, if `from_afar`, on their first
  /// device.
  std::vector<DrawnSlice> latest_before(const LayerEvent& event, DeviceIndex device, bool from_afar);
  std::vector<DrawnSlice> latest_on(DeviceIndex device);
  void forget();

  std::map<std::int64_t, Places> events_;  // by seq
  std::size_t slices_ = 0;                 // of places, waiting and has_arrow
};

}  // namespace upmem_des
