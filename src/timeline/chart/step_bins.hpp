/// Values that change, in bins that follow a run. Internal to the room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "upmem_des/result/event_record.hpp"

namespace upmem_des {

/// Mean, least and most of values over bins whose edges are where something happens: phases begin, steps begin, rounds
/// of a step (its layers) begin, values change. No bin is part of two phases. In a phase with few changes each begins a
/// bin; where these are too many, every second, fourth … of a round does, counted from its beginning; then rounds only;
/// then every second, fourth … round of a step, then steps only, and every second, fourth … of them. So equal steps
/// are equal bins, and equal layers, whatever their number: equal parts of the time would hold now more of one, now
/// less. Of a run of any length at most `most_bins` of each phase are kept.
class StepBins {
 public:
  static constexpr std::size_t most_bins = 160;
  /// A value that lasts for less than this share of the time is not among the least and the most: where one thing ends
  /// as another begins, rounding may have it so that both go on. As PeakPower has it.
  static constexpr double least_share = 1e-12;

  struct Bin {
    double mean = 0;
    double least = 0;
    double most = 0;
  };

  explicit StepBins(std::size_t values) : values_(values) {}

  // Times never decrease from call to call.
  void begin(double time_s);
  void begin_phase(Phase phase, double time_s);
  void begin_step(double time_s) { begin_part(step_level, time_s); }
  void begin_round(double time_s) { begin_part(round_level, time_s); }
  /// `value` is so from `time_s` on.
  void set(std::size_t value, double time_s, double to);
  void finish(double time_s);

  /// Where bins begin, and the end of the last; empty where no time has passed.
  std::vector<double> edges_s() const;
  /// Of each phase, in order: how many bins. Those without time are left out.
  struct PhaseBins {
    Phase phase = Phase::Prefill;
    std::size_t bins = 0;
  };
  std::vector<PhaseBins> phases() const;
  std::vector<Bin> bins(std::size_t value) const;

 private:
  // What bins begin with; the phase's first as its steps.
  static constexpr std::size_t step_level = 0;
  static constexpr std::size_t round_level = 1;
  static constexpr std::size_t change_level = 2;
  static constexpr std::size_t levels = 3;

  struct Edge {
    double time_s = 0;
    std::size_t level = step_level;
  };
  struct Stat {
    double integral = 0;
    double least = 0;
    double most = 0;
    bool is_known = false;  // do least and most say anything?
  };
  struct Value {
    double now = 0;
    double since_s = 0;
    std::vector<Stat> stats;  // by bin; those that are lacking are still to come
  };
  struct PhaseStart {
    Phase phase = Phase::Prefill;
    std::size_t first = 0;  // bin
  };

  void begin_part(std::size_t level, double time_s);
  void add_edge(double time_s, std::size_t level);
  void add(Value& value, double until_s) const;
  void coarsen();
  void keep(const std::vector<bool>& kept);
  double end_of(std::size_t bin) const { return bin + 1 < edges_.size() ? edges_[bin + 1].time_s : end_s_; }

  std::vector<Value> values_;
  std::vector<Edge> edges_;
  std::vector<PhaseStart> phases_;
  double end_s_ = 0;
  // Of the present phase: the finest level that still makes bins; and by level, how many have begun since the latest of
  // the level above, how many make a bin, and when the latest began.
  std::size_t finest_ = change_level;
  std::array<std::uint64_t, levels> counts_{};
  std::array<std::uint64_t, levels> strides_{1, 1, 1};
  std::array<double, levels> begun_s_{};
};

}  // namespace upmem_des
