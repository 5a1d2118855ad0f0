/// What a run adds up: busy times, bytes, counts, event classes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/tasks/task.hpp"
#include "simulation/busy_clock.hpp"
#include "simulation/device_times.hpp"
#include "simulation/event_class_table.hpp"
#include "simulation/operator_uses.hpp"
#include "simulation/route_figures.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Busy times of devices' units are by the cost model's formulas, those of transfers are measured: the time in which at
/// least one of a kind to or from a device was under way, its latency included. Where several were, their classes
/// have equal parts of that time.
class RunSums {
 public:
  /// References outlive the sums. With `ideal_links` transfers take no time and no energy.
  RunSums(const PlatformSpec& platform, const RouteFigureTable& routes, bool ideal_links);

  /// Where the costs of an event count.
  struct Account {
    Phase phase = Phase::Prefill;
    const LayerEvent* event = nullptr;  ///< one of the class
    std::size_t place = 0;              ///< of the class
  };
  Account account_of(const LayerEvent& event, Phase phase);
  /// Communication is a class of its own by its purpose, whatever event it is for.
  Account account_of_communication(const char* purpose, Phase phase);

  /// Adds `times` equal pieces of a device's work or of a transfer over a route, and returns the cost of one, without
  /// its time.
  EventCost add_work(const Account& account, DeviceIndex device, const Demand& demand, std::int64_t times = 1);
  EventCost add_transfer(const Account& account, const Task& transfer, std::int64_t times = 1);
  /// For how long all of some work of a class took.
  void add_time(const Account& account, double time_s);

  /// Counts events, and those that a device has a part in.
  void count_events(const Account& account, std::int64_t events);
  void count_events_of(DeviceIndex device, std::int64_t events) { devices_[device].events += events; }

  /// A transfer over the route begins or ends; times ascend.
  void start_transfer(RouteIndex route, const Account& account, double time_s);
  void end_transfer(RouteIndex route, const Account& account, double time_s);

  /// Where the devices' time goes: whoever runs work tells it. Of transfers it is told here.
  DeviceTimes& device_times() { return device_times_; }

  /// Puts sums into `result`; makes its devices and links. Times and energies of phases are not touched, and where
  /// devices' time goes is for device_times() to say, once phases have theirs.
  void fill(SimulationResult& result) const;

 private:
  void count_busy(RouteIndex route, double time_s);

  struct DeviceSums {
    std::array<BusyTimes, phase_count> busy;  // of its units
    MovedBytes moved;
    std::int64_t events = 0;
    std::array<BusyClock, 3> transfers;  // by kind
  };
  struct PhaseSums {
    MovedBytes moved;
    std::int64_t events = 0;
  };

  const PlatformSpec& platform_;
  const RouteFigureTable& routes_;
  bool ideal_links_;
  DeviceTimes device_times_;
  EventClassTable classes_;
  OperatorUses operators_;
  std::map<std::string, LayerEvent> communications_;  // by purpose; what stands for all of a class
  std::vector<DeviceSums> devices_;
  std::vector<LinkResult> links_;
  std::array<PhaseSums, phase_count> phases_;
};

}  // namespace upmem_des
