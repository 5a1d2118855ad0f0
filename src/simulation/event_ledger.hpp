/// The events of tasks: when they ran, what they cost, and sums over them.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include "plan/tasks/task.hpp"
#include "result/simulation_result.hpp"
#include "simulation/busy_clock.hpp"
#include "simulation/event_class_table.hpp"
#include "simulation/operator_uses.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/segment.hpp"

namespace upmem_des {

/// An event some of whose tasks have not ended.
struct EventEntry {
  EventTasks tasks;  ///< without its tasks, which are the graph's
  EventCost cost;
  std::size_t place = 0;  ///< of its class
  std::int64_t left = 0;  ///< tasks that have not ended
  bool started = false;
  double start_s = 0;
  EndedTask last;  ///< of its tasks that have ended, the one that did so last
  bool recorded = false;
  EventEntry* next = nullptr;  ///< the event planned after it
};

/// Busy times of devices' units are by the cost model's formulas, those of transfers are measured: the time in which at
/// least one of a kind to or from a device was under way, its latency included.
class EventLedger {
 public:
  /// References outlive the ledger; `observer` may be null.
  EventLedger(const PlatformSpec& platform, const std::vector<RouteFigures>& routes, bool ideal_links,
              EventObserver* observer);

  /// Takes an event and adds up what its tasks cost. One without tasks is recorded together with the event before it,
  /// or at once where that has been recorded.
  EventEntry& plan(EventTasks tasks);

  /// One task of the event has started, maybe before another that it was told of.
  void start(EventEntry& event, double time_s);
  /// One task of the event has ended; with the last one the event is recorded.
  void end(EventEntry& event, const EndedTask& task);

  void start_transfer(RouteIndex route, Phase phase);
  void end_transfer(RouteIndex route, Phase phase);

  /// Events that are kept.
  std::int64_t size() const { return static_cast<std::int64_t>(events_.size()); }

  /// Puts sums into `result`; makes its devices and links. Times and energies of phases are not touched.
  void fill(SimulationResult& result) const;

 private:
  void add_compute(const Task& task, EventEntry& event);
  void add_transfer(const Task& task, EventEntry& event);
  void record(EventEntry& event, const EndedTask& last);
  void drop_recorded();

  struct DeviceSums {
    std::array<BusyTimes, phase_count> busy;  // of its units
    MovedBytes moved;
    std::int64_t events = 0;
    std::int64_t last_event = -1;        // that it had a part in
    std::array<BusyClock, 3> transfers;  // by kind
  };
  struct PhaseSums {
    MovedBytes moved;
    std::int64_t events = 0;
  };

  const PlatformSpec& platform_;
  const std::vector<RouteFigures>& routes_;
  bool ideal_links_;
  EventObserver* observer_;
  std::deque<EventEntry> events_;
  std::int64_t planned_ = 0;
  EventClassTable classes_;
  OperatorUses operators_;
  std::vector<DeviceSums> devices_;
  std::vector<LinkResult> links_;
  std::array<PhaseSums, phase_count> phases_;
};

}  // namespace upmem_des
