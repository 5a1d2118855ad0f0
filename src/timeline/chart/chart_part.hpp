/// The activities of a phase that a chart shows. Internal to the room.
#pragma once

#include <cstddef>
#include <string>

#include "timeline/chart/activity_list.hpp"

namespace upmem_des {

/// Where not all activities fit, a user's window shows the first of them; without one whole steps are shown, from the
/// first on, as many as fit, or the first activities where not even one step does.
class ChartPart {
 public:
  /// `platform` outlives the part.
  ChartPart(const PlatformSpec& platform, Phase phase, std::size_t limit) : phase_(phase), list_(platform, limit) {}

  void start(const ActivityRecord& activity) { list_.start(activity); }
  void end(const ActivityRecord& activity) { list_.end(activity); }
  std::size_t size() const { return list_.size(); }

  /// Once all has been told. `window_text`: what a user has chosen; "" where nobody has.
  void choose(const std::string& window_text);

  /// A JSON object: "phase": "prefill"; "window": {"text", "whole": is it all of the phase, "start_s", "end_s",
  /// "activities"}: what is listed; and what ActivityList::json() says.
  std::string json() const;

 private:
  Phase phase_;
  ActivityList list_;
  std::string text_;
  bool whole_ = false;
};

}  // namespace upmem_des
