/// Folds what goes on in a run into few bins of time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "service/course_bins.hpp"
#include "service/power_track.hpp"
#include "upmem_des/result/serving_course.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Bins are those of CourseBins, cut where steps begin and end: at most ServingCourse::most_bins of them. What is kept
/// does not grow with the run; sums, extremes and means are those of all that happened.
///
/// Things are told in order of time; of what happens at the same time, ends of steps first.
class CourseRecorder : public ServingObserver {
 public:
  /// Of the machine: what it draws always, and the most that it can draw, idle power with it.
  CourseRecorder(std::size_t instances, double idle_W, double most_W = std::numeric_limits<double>::infinity());
  CourseRecorder(const CourseRecorder&) = delete;
  CourseRecorder& operator=(const CourseRecorder&) = delete;

  /// From `now_s` on an instance has these; times do not go back.
  void state(std::size_t instance, double now_s, std::int64_t running, std::int64_t waiting, std::int64_t kv_blocks);
  void on_step(const ServingStep& step) override;
  void on_planned_step(const ServingStep& step) override;
  /// A cache went to an instance.
  void transfer(std::size_t to, double start_s, double end_s, double energy_J);
  /// From then on transfers that belong to no step draw so much more, less below 0.
  void change_power(double at_s, double more_W) { power_.change(at_s, more_W); }
  /// All of before `now_s`, and all steps that end at that time, have been told.
  void pass(double now_s);

  /// Of each device, which `works_s` so long of the run's time; `instances` are the devices of each without HOST. Of
  /// HOST, where several share it, nothing is said but when it works.
  std::vector<DeviceTime> device_times(std::vector<std::vector<std::size_t>> instances,
                                       const std::vector<double>& works_s, double time_s) const;

  /// Of an instance so far, in s: with a step under way, and of that what its steps' devices did not take.
  double stepping_s(std::size_t instance) const { return instances_[instance].stepping_s; }
  double host_s(std::size_t instance) const { return instances_[instance].host_s; }

  /// What there was up to then, which is not before anything that was told.
  ServingCourse course(double end_s);
  /// The most that steps and transfers have drawn together up to what pass() or course() was told, without idle: each
  /// step under way counts with the most that it draws at any time.
  double highest_W() const { return std::min(power_.highest_W(), most_W_); }

 private:
  /// A value that changes.
  struct Gauge {
    double now = 0;
    double since_s = 0;
    std::vector<double> integral, least, most;  // by bin; least is above most where it was never set
  };
  enum GaugeIndex : std::uint8_t { Running, Waiting, Blocks, gauge_count };
  struct Track {
    Gauge gauges[gauge_count];
    std::vector<double> energy_J, tokens, prompt_tokens;
    std::vector<double> most_W;  // without idle
    std::vector<std::int64_t> steps, ended_tokens, least_tokens, most_tokens;
  };
  struct Instance {
    Track track;
    PowerTrack power;
    std::int64_t now[gauge_count] = {};
    double stepped_to_s = 0;
    double stepping_s = 0;
    double host_s = 0;
  };

  void cut(double time_s);
  void fold();
  void hold(Gauge& gauge, double to_s) const;
  void set(Gauge& gauge, double now_s, double value);
  void spread(std::vector<double>& amounts, double from_s, double to_s, double amount) const;
  void draw(Track& track, double from_s, double to_s, double power_W);
  void count_step(Track& track, const ServingStep& step) const;
  CourseTrack folded(const Track& track, double end_s, double always_W) const;
  /// Calls `change(values, join, fresh)` for all that a track keeps by bin: how values of two bins become one's, and
  /// that of a bin in which nothing has happened.
  template <class Change>
  static void each_of(Track& track, const Change& change);

  const double idle_W_;
  const double most_W_;  ///< beside idle
  const bool tells_apart_;
  CourseBins bins_;
  Track all_;
  PowerTrack power_;
  double now_s_ = 0;
  std::int64_t total_[gauge_count] = {};
  std::vector<Instance> instances_;
};

}  // namespace upmem_des
