/// Requests, engines and time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "requests/request_source.hpp"
#include "service/course_recorder.hpp"
#include "service/engine.hpp"
#include "service/handover.hpp"
#include "service/instance.hpp"
#include "service/machine_windows.hpp"
#include "service/serving_tally.hpp"
#include "service/tier_traffic.hpp"
#include "upmem_des/serving/router.hpp"

namespace upmem_des {

/// Goes from one thing that happens to the next. At the same time steps end first, then requests arrive, and then steps
/// are planned.
class ServingLoop {
 public:
  struct Options {
    double sample_s = 1;                      ///< length of a window; many times that where nothing happens
    double signal_delay_s = 0;                ///< the router is told of loads as they were so long ago
    std::vector<ServingObserver*> observers;  ///< of samples
    Handover* handover = nullptr;      ///< chooses in place of the router; null: every engine reads and generates
    TierTraffic* tiers = nullptr;      ///< null: there are none
    CourseRecorder* course = nullptr;  ///< told of what engines have; null: nobody is
  };

  /// References outlive the loop.
  ServingLoop(RequestSource& requests, std::vector<std::unique_ptr<Engine>>& engines,
              std::vector<std::unique_ptr<Instance>>& instances, Router& router, ServingTally& tally,
              MachineWindows& windows, const PlatformSpec& machine, const Options& options);

  /// Goes on until a window of the machine's work is there; false when all requests have been served. Throws
  /// SimulationError where requests wait for what never happens.
  bool next(Window& window);

  double now_s() const { return now_s_; }
  std::int64_t peak_blocks() const { return peak_blocks_; }

 private:
  double next_event_s();
  void happen();
  void arrive(Request request);
  const std::vector<EngineLoad>& known_loads();
  void signal();
  double window_end_s() const;
  Window close_window(double end_s);
  [[noreturn]] void fail_waiting() const;

  RequestSource& requests_;
  std::vector<std::unique_ptr<Engine>>& engines_;
  std::vector<std::unique_ptr<Instance>>& instances_;  // of the engines, in order
  Router& router_;
  ServingTally& tally_;
  MachineWindows& windows_;
  const PlatformSpec& machine_;
  const double idle_W_;
  const Options options_;
  /// Loads from a time on.
  struct Signal {
    double since_s = 0;
    std::vector<EngineLoad> loads;
  };
  std::deque<Signal> signals_;  // the first is what the router knows; later ones follow where they are delayed
  double now_s_ = 0;
  double event_s_ = -1;  // the next one, where it is known
  bool has_ended_ = false;
  bool is_closed_ = false;  // no further request comes
  std::int64_t peak_blocks_ = 0;
};

}  // namespace upmem_des
