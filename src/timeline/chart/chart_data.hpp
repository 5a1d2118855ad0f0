/// What the HTML page's charts over time are drawn from.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "timeline/chart/activity_list.hpp"
#include "timeline/chart/time_bins.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/timeline/timeline_files.hpp"

namespace upmem_des {

/// Keeps the first activities, up to a limit, and mean use and power over time: its size does not grow with the run's
/// length. Where not all activities fit, a user's window shows the first of them; without one whole steps are shown,
/// from the first on, as many as fit, or the first activities where not even one step does.
class ChartData : public ChartTimeline {
 public:
  static constexpr std::size_t default_limit = 4000;
  /// Of the means over time.
  static constexpr std::size_t bins = 240;
  /// Larger machines show each group of devices as one: the mean of their uses and the sum of their powers.
  static constexpr std::size_t most_devices = 64;

  /// `platform` outlives the data. `window_is_users`: was the timeline cut to a window, and `window_text` says to which
  /// ("step 3")? `limit`: of activities, at least 1.
  ChartData(const PlatformSpec& platform, bool window_is_users, std::string window_text,
            std::size_t limit = default_limit);

  void on_begin(double time_s) override;
  void on_phase(Phase phase, double time_s) override;
  void on_start(const ActivityRecord& activity) override;
  void on_end(const ActivityRecord& activity) override;
  void on_change(const QuantityChange& change) override;
  void on_finish(double time_s) override;

  /// A JSON object, once the timeline has ended:
  /// - "window": {"text", "chosen_by": "page" or "user", "whole", "start_s", "end_s", "activities"}: what is listed;
  /// - "streams": [{"name", "device" that it is shown at, "kind": "compute" or "transfer"}], by device;
  /// - "labels", "classes": texts; "activities", in order of start: [stream, start_s, duration_s, label, class, step
  ///   (−1 of the transfer that ends the run), flop, bytes, energy_J, bound (0 compute, 1 memory, 2 overhead,
  ///   3 transfer)];
  /// - "over_time": {"start_s", "bin_s", "devices": [{"name", "compute", "memory", "power_W"}, …, {"name": "links",
  ///   "power_W"}]}: means over 240 bins (none where no time passes) of all that the timeline tells of.
  std::string json() const override;

 private:
  /// What is shown as one device.
  struct Row {
    std::string name;
    std::size_t devices = 1;
  };
  /// Of several values that make one.
  struct Sum {
    double total = 0;
    std::size_t not_zero = 0;
  };

  void change(std::size_t sum, std::size_t member, const QuantityChange& change);
  void choose();
  std::string means_json(std::size_t value, double share) const;
  std::string over_time_json() const;

  const PlatformSpec& platform_;
  bool window_is_users_;
  std::string text_;
  std::vector<Row> rows_;
  std::vector<std::size_t> row_of_;  // by device
  std::vector<double> members_;      // what each value was told last: 3 for each device, 1 for each link
  std::vector<Sum> sums_;            // 3 for each row: compute, memory, power; then the power of all links
  TimeBins bins_;
  ActivityList list_;
  bool whole_ = false;
  double start_s_ = 0;
  double end_s_ = 0;
};

}  // namespace upmem_des
