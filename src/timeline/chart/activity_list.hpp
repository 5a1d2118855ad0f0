/// The activities that a chart shows. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// Keeps the first activities, up to a limit, and chooses those to show.
class ActivityList {
 public:
  /// `platform` outlives the list.
  ActivityList(const PlatformSpec& platform, std::size_t limit) : platform_(platform), limit_(limit) {}

  void start(const ActivityRecord& activity);
  void end(const ActivityRecord& activity);

  bool all_fit() const { return left_out_ == 0; }
  /// Was any left out but the transfer that ends the run?
  bool lacks_steps() const { return step_left_out_; }
  std::size_t size() const { return kept_.size(); }
  double start_s() const;  ///< of the earliest; 0 where there is none
  double end_s() const;    ///< of the latest; 0 where there is none

  /// Keeps whole steps only, from the first on, and none but them. False, and nothing happens, where not even the first
  /// is whole.
  bool keep_whole_steps();
  /// "step 0", "steps 0 to 3", without the transfer that ends the run; "" where nothing else is kept.
  std::string steps_text() const;

  /// "streams": […], "labels": […], "classes": […], "activities": […].
  std::string json() const;

 private:
  struct Kept {
    ActivityKind kind = ActivityKind::Compute;
    std::size_t stream = 0;
    double start_s = 0;
    double end_s = 0;
    std::size_t label = 0;
    std::size_t activity_class = 0;
    std::int64_t step = -1;
    double flop = 0;
    double bytes = 0;
    double energy_J = 0;
    int bound = 0;
  };
  using Stream = std::pair<ActivityKind, std::size_t>;

  std::size_t label(const std::string& text);
  std::map<Stream, std::size_t> stream_rows() const;
  DeviceIndex device_of(const Stream& stream) const;

  const PlatformSpec& platform_;
  std::size_t limit_;
  std::vector<Kept> kept_;  // in order of start
  std::map<std::int64_t, std::size_t> open_;
  std::map<std::string, std::size_t> label_places_;
  std::vector<std::string> labels_;
  std::int64_t left_out_ = 0;
  std::int64_t first_step_left_out_ = 0;  // without meaning where no step is
  bool step_left_out_ = false;            // has any that was left out a step?
};

}  // namespace upmem_des
