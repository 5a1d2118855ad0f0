/// What the HTML page's charts over time are drawn from.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "platform/stated_energies.hpp"
#include "timeline/chart/activity_list.hpp"
#include "timeline/chart/chart_part.hpp"
#include "timeline/chart/step_bins.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/timeline/timeline_files.hpp"

namespace upmem_des {

/// Keeps the first activities of prefill and of decode, up to a limit, and use and power over time: its size does not
/// grow with the run's length.
class ChartData : public ChartTimeline {
 public:
  static constexpr std::size_t default_limit = 4000;
  /// Larger machines show each group of devices as one: the mean of their uses and the sum of their powers.
  static constexpr std::size_t most_devices = 64;

  /// `platform` outlives the data. `window_text`: to which window a user has cut the timeline ("step 3"); "" where
  /// nobody has. `limit`: of activities, at least 2; half of it, if need be, is for decode.
  explicit ChartData(const PlatformSpec& platform, std::string window_text = "", std::size_t limit = default_limit);

  void on_begin(double time_s) override;
  void on_phase(Phase phase, double time_s) override;
  void on_start(const ActivityRecord& activity) override;
  void on_end(const ActivityRecord& activity) override;
  void on_change(const QuantityChange& change) override;
  void on_finish(double time_s) override;

  /// A JSON object, once the timeline has ended:
  /// - "chosen_by": "page" or "user": who has said what is listed;
  /// - "parts", of phases that have activities: see ChartPart::json(). With "streams": [{"name", "device" that it is
  ///   shown at, "kind": "compute" or "transfer"}], by device; "labels", "classes": texts; "activities", in order of
  ///   start: [stream, start_s, duration_s, label, class, step (−1 of the transfer that ends the run), flop, bytes,
  ///   energy_J, bound (0 compute, 1 memory, 2 overhead, 3 transfer)];
  /// - "over_time": {"edges_s": where bins begin, and the last one's end, "phases": [{"phase", "bins"}, …], in order,
  ///   "machine": its power, "devices": [{"name", "compute", "memory", and its power}, …, {"name": "links", power}]},
  ///   with a number for each of the bins of StepBins: "compute" and "memory" are means, power is "power_W", the mean,
  ///   "least_W" and "most_W", each null where devices do not state it. The highest "most_W" of the machine is the
  ///   run's peak power.
  std::string json() const override;

 private:
  /// What is shown as one device.
  struct Row {
    std::string name;
    std::size_t devices = 1;
    bool states_power = true;
  };
  /// A call of a step: its type and name, and its number.
  struct Call {
    std::uint64_t key = 0;
    std::int64_t seq = 0;
  };
  /// Of several values that make one.
  struct Sum {
    double total = 0;
    std::size_t not_zero = 0;
  };

  std::optional<ChartPart>& part_of(const ActivityRecord& activity);
  void look_for_rounds(const ActivityRecord& activity);
  void change(std::size_t sum, double before, const QuantityChange& change);
  void add_up_again();
  std::string means_json(std::size_t value, double share) const;
  std::string power_json(std::size_t value, const char* format, bool is_stated) const;
  std::string over_time_json() const;

  std::size_t links_value() const;
  std::size_t machine_value() const { return links_value() + 1; }

  const PlatformSpec& platform_;
  StatedEnergies stated_;
  std::string window_text_;
  std::size_t limit_;
  std::vector<Row> rows_;
  std::vector<std::size_t> row_of_;  // by device
  std::vector<double> members_;      // what each value was told last: 3 for each device, 1 for each link
  std::vector<Sum> sums_;            // 3 for each row: compute, memory, power; the power of all links; that of all
  StepBins bins_;
  bool is_prefill_ = true;  // does it go on?
  std::int64_t latest_step_ = -1;
  std::unordered_map<std::uint64_t, std::int64_t> called_;  // of the present step, until rounds are known
  std::optional<Call> round_;  // what begins a round: the first of the phase that a step calls twice; the latest one
  std::array<std::optional<ChartPart>, phase_count> parts_;
};

}  // namespace upmem_des
