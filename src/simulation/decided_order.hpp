/// What streams that choose will choose.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "plan/tasks/step_feed.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/timetable.hpp"

namespace upmem_des {

/// A choice is made in one place, by a Timetable: SimGrid's clock agrees with its time but for rounding, which might
/// decide otherwise what was ready first. This runs one ahead of whoever takes steps from here, and tells in which
/// order each stream takes their tasks. The feed is asked at the timetable's times only.
class DecidedOrder : public StepFeed {
 public:
  /// References outlive this.
  DecidedOrder(StepFeed& feed, const PlatformSpec& platform, const RouteFigureTable& routes, bool ideal_links);

  /// What the feed gave the timetable, at the time at which it did; until then its reader has to wait. Throws what the
  /// feed and Timetable::advance() throw.
  Answer next(const Progress& progress, PlannedStep& step) override;

  /// Tasks of the steps so far, each once, those of one stream in the order in which it takes them. What a stream takes
  /// after a task of a later step is told of with that step.
  std::vector<TaskId> take_decided();

 private:
  /// Keeps what the timetable reads.
  class Reader : public StepFeed {
   public:
    explicit Reader(DecidedOrder& to) : to_(to) {}
    Answer next(const Progress& progress, PlannedStep& step) override;

   private:
    DecidedOrder& to_;
  };
  struct Ahead {
    PlannedStep step;
    double given_s = 0;          ///< when the feed gave it
    std::int64_t undecided = 0;  ///< transfers and computes that no stream has taken
  };

  void note(const LoadedStep::At& at);

  StepFeed& feed_;
  Reader reader_;
  RunSums sums_;     // of no use to anybody
  PeakPower peaks_;  // nor is this
  Timetable timetable_;
  bool has_ended_ = false;
  double end_s_ = 0;         // when the feed said that no step follows
  std::deque<Ahead> ahead_;  // steps that nobody has taken
  std::map<std::pair<Task::Kind, std::uint32_t>, std::deque<TaskId>> decided_;  // by stream
  TaskId next_id_ = 0;                                                          // of the steps so far
};

}  // namespace upmem_des
