/// The actor of the sequential schedule.
#pragma once

#include <functional>
#include <vector>

#include "plan/planner.hpp"
#include "result/event_record.hpp"
#include "result/simulation_result.hpp"
#include "simulation/activities.hpp"
#include "simulation/result_collector.hpp"
#include "simulation/sequential_timeline.hpp"

namespace upmem_des {

/// Walks a plan in order: an event starts when the one before it has ended. With segments, the demands of events that
/// follow each other on one device without a transfer between them run as one stretch of the same length and energy.
class SequentialStream {
 public:
  struct Options {
    bool segments = true;
    EventObserver* observer = nullptr;
    SequentialTimeline* timeline = nullptr;  ///< null: nobody watches activities
    std::function<void()> on_prefill_end;    ///< called at that simulated time
  };

  SequentialStream(Planner& planner, const PlatformSpec& platform, const Machine& machine, ResultCollector& collector,
                   Options options);

  /// To be called by an actor; returns when the last event has ended.
  void run();

 private:
  void add_steps(const PlannedEvent& planned);
  void run_transfers(const TransferList& transfers);
  void flush();
  double now_s() const;

  Planner& planner_;
  const PlatformSpec& platform_;
  ClockPrecision precision_;
  Activities activities_;
  ResultCollector& collector_;
  Options options_;
  std::vector<Stretch> stretches_;  // of all steps of the latest demand, by PlannedEvent::kind
  Stretch pending_;                 // work that has been planned and not yet run, from the present simulated time on
  DeviceIndex pending_device_ = host_device;
};

}  // namespace upmem_des
