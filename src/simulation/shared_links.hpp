/// Transfers that share links, many at a time.
#pragma once

#include <cstdint>
#include <list>
#include <simgrid/s4u.hpp>
#include <vector>

#include "simulation/exactness.hpp"
#include "simulation/fair_rates.hpp"
#include "simulation/link_domains.hpp"
#include "simulation/machine.hpp"
#include "simulation/peak_power.hpp"
#include "simulation/route_figures.hpp"
#include "simulation/task_timeline.hpp"

namespace upmem_des {

/// Runs transfers on a machine with Pacing::Routes. Their rates are max-min fair: SimGrid's CM02 model with latencies
/// of 0 gives every flow the same weight.
///
/// Energy: SimGrid's plugin takes a link's present load for that of the whole time since it last looked, and looks only
/// when a communication on that link starts or ends. But when a transfer joins or leaves, the rates of others change on
/// links that it does not cross: one that shares a channel with it goes slower on its own last stretch, too. So all
/// links that a change may reach are made up to date before it, at the old rates.
class SharedLinks {
 public:
  /// References outlive this; `timeline` may be null. `peaks` is told of the rates, as FairRates has them: those that
  /// SimGrid works out are as exact as the clock's last digit.
  SharedLinks(const Machine& machine, const RouteFigureTable& routes, ClockPrecision& precision, PeakPower& peaks,
              TaskTimeline* timeline);
  SharedLinks(const SharedLinks&) = delete;
  SharedLinks& operator=(const SharedLinks&) = delete;

  /// Returns when the bytes of a task have arrived; to be called by an actor. Latency is the caller's.
  void run(RouteIndex route, double bytes, TaskId task);

 private:
  /// A transfer under way, and how far the timeline knows of it.
  struct Progress {
    TaskId task = 0;
    simgrid::s4u::CommPtr comm;
    double since_s = 0;
    double left_B = 0;
  };

  /// What is under way in one of the domains.
  struct Domain {
    std::size_t index = 0;
    std::int64_t under_way = 0;
    double up_to_date_s = -1;
    std::list<Progress> watched;  // where there is a timeline
  };

  /// A transfer at the rate that `peaks` was told of.
  struct Flow {
    RouteIndex route = 0;
    double rate_Bps = 0;
  };

  void settle(Domain& domain);
  std::size_t begin_flow(RouteIndex route);
  void end_flow(std::size_t index);
  void tell_rates();
  void tell(Progress& progress, double left_B);
  void send(Domain& domain, RouteIndex route, double bytes, TaskId task);
  void cover(double alone_s);

  const Machine& machine_;
  const RouteFigureTable& routes_;
  ClockPrecision& precision_;
  TaskTimeline* timeline_;
  PeakPower& peaks_;
  LinkDomains domains_;
  FairRates rates_;
  std::vector<Flow> flows_;
  std::vector<std::size_t> free_flows_;
  double changed_s_ = 0;                 // when a transfer began or ended last
  std::vector<Domain> state_;            // by domain
  std::vector<std::int64_t> crossings_;  // by LinkIndex: transfers under way
  std::int64_t under_way_ = 0;
  double longest_alone_s_ = 0;  // of the transfers under way, and maybe of some that have ended
};

}  // namespace upmem_des
