/// What went on in the course of a run that served requests, within a bound that its length does not move.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// Shares of requests at which curves have a value: every hundredth, and more of the last hundredth; ascending, 0 and 1
/// among them.
const std::vector<double>& curve_shares();

/// Of completed requests: what so large a share of them takes at most, by curve_shares(); percentiles as spread_of()
/// has them. Empty where there are none.
struct ServedCurves {
  std::vector<double> time_to_first_token_s, time_per_output_token_s, end_to_end_s, queued_s;
};

/// What requests spent their time with, means in s. They add up to the time from end to end.
struct WaitParts {
  double queue_s = 0;     ///< until the first step that they had a part in
  double prefill_s = 0;   ///< from there to the first token, without `transfer_s`
  double transfer_s = 0;  ///< from the end of the prompt until the cache was where tokens are generated
  double decode_s = 0;    ///< from the first token to the last, without `transfer_s`

  /// All parts together, s.
  double total_s() const { return queue_s + prefill_s + transfer_s + decode_s; }
};

/// Those of the completed requests, in the order of their time from end to end, that are between two shares of all.
struct WaitClass {
  double from_share = 0;
  double to_share = 1;
  std::int64_t requests = 0;
  WaitParts mean;
};

/// A value that changes, by bins of time.
struct BinnedGauge {
  std::vector<double> mean;   ///< over the bin's time
  std::vector<double> least;  ///< that it was for any time in the bin
  std::vector<double> most;
};

/// What one instance did, or all of them together, by bins of time.
struct CourseTrack {
  BinnedGauge running, waiting, kv_blocks;
  /// Mean. Of an instance that of its steps and of the caches that are sent to it, without what devices draw always; of
  /// all together with that. What goes to the host at the very end is in neither.
  std::vector<double> power_W;
  std::vector<double> tokens;         ///< computed, a step's spread evenly over its time
  std::vector<double> prompt_tokens;  ///< of those
  std::vector<std::int64_t> steps;    ///< that ended in the bin
  // Tokens of one of those steps; 0 where there are none.
  std::vector<double> mean_step_tokens;
  std::vector<std::int64_t> least_step_tokens, most_step_tokens;
  /// The most, as ServingResult::peak_power_W is come by, not below `power_W`; none in results of earlier programs.
  std::vector<double> peak_power_W;
};

/// From the start of the run, 0, to its last token, in at most most_bins bins.
struct ServingCourse {
  static constexpr std::size_t most_bins = 240;
  static constexpr std::size_t most_instances = 16;  ///< that are told apart; where there are more, none are

  double bin_s = 0;  ///< steps that are shorter than this together are in one bin, but for neighbours of longer ones
  double end_s = 0;
  CourseTrack all;
  std::vector<CourseTrack> instances;  ///< none where there is one
  /// Where bins begin, and end_s. None in results of earlier programs, all of whose bins but the last are of bin_s.
  std::vector<double> edges_s;

  /// How many bins of time there are.
  std::size_t bins() const { return all.tokens.size(); }
};

/// Where a device's time went. The parts add up to that of the run.
struct DeviceTime {
  double works_s = 0;  ///< has work
  double waits_s = 0;  ///< has none in a step that is under way: waits for transfers, or for other devices
  double host_s = 0;   ///< of a step: the host's part, which nothing runs beside; 0 where steps overlap
  double idle_s = 0;   ///< no step is under way
};

}  // namespace upmem_des
