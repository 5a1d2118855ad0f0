/// Folds what goes on in a run into few bins of time.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/result/serving_course.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Bins are as long as it takes for all of the run to be in ServingCourse::most_bins of them: when they no longer
/// reach, each two become one. What is kept does not grow with the run; sums, extremes and means are those of all that
/// happened.
class CourseRecorder : public ServingObserver {
 public:
  CourseRecorder(std::size_t instances, double idle_W);

  /// From `now_s` on an instance has these; times do not go back.
  void state(std::size_t instance, double now_s, std::int64_t running, std::int64_t waiting, std::int64_t kv_blocks);
  void on_step(const ServingStep& step) override;
  /// A cache went to an instance.
  void transfer(std::size_t to, double start_s, double end_s, double energy_J);

  /// Of each device, which `works_s` so long of the run's time; `instances` are the devices of each without HOST. Of
  /// HOST, where several share it, nothing is said but when it works.
  std::vector<DeviceTime> device_times(std::vector<std::vector<std::size_t>> instances,
                                       const std::vector<double>& works_s, double time_s) const;

  /// Of an instance so far, in s: with a step under way, and of that what its steps' devices did not take.
  double stepping_s(std::size_t instance) const { return instances_[instance].stepping_s; }
  double host_s(std::size_t instance) const { return instances_[instance].host_s; }

  /// What there was up to then, which is not before anything that was told.
  ServingCourse course(double end_s);

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
    std::vector<std::int64_t> steps, ended_tokens, least_tokens, most_tokens;
  };
  struct Instance {
    Track track;
    std::int64_t now[gauge_count] = {};
    double stepped_to_s = 0;
    double stepping_s = 0;
    double host_s = 0;
  };

  void reach(double to_s);
  void hold(Gauge& gauge, double to_s) const;
  void set(Gauge& gauge, double now_s, double value);
  void spread(std::vector<double>& bins, double from_s, double to_s, double amount) const;
  void count_step(Track& track, const ServingStep& step) const;
  CourseTrack folded(const Track& track, double end_s, double always_W) const;
  std::size_t bin_of(double time_s) const;
  static void halve(Track& track);

  const double idle_W_;
  const bool tells_apart_;
  double width_s_ = 0x1p-30;
  Track all_;
  std::int64_t total_[gauge_count] = {};
  std::vector<Instance> instances_;
};

}  // namespace upmem_des
