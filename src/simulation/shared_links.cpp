#include "simulation/shared_links.hpp"

#include <simgrid/plugins/energy.h>

#include <algorithm>
#include <utility>

#include "simulation/activities.hpp"
#include "simulation/exactness.hpp"
#include "simulation/simgrid_compat.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

SharedLinks::SharedLinks(const Machine& machine, const RouteFigureTable& routes, ClockPrecision& precision,
                         PeakPower& peaks, TaskTimeline* timeline)
    : machine_(machine),
      routes_(routes),
      precision_(precision),
      timeline_(timeline),
      peaks_(peaks),
      domains_(machine.spec()),
      rates_(machine.spec(), domains_),
      state_(domains_.count()),
      crossings_(machine.spec().links.size()) {
  for (std::size_t i = 0; i < state_.size(); ++i) state_[i].index = i;
  // Rates change when the clock moves on: of transfers that begin and end at one time, once.
  peaks_.before_time_passes([this] { tell_rates(); });
}

void SharedLinks::settle(Domain& domain) {
  const double now_s = s4u::Engine::get_clock();
  // Rates change only when the clock moves on: what starts and ends at one time needs it once.
  if (domain.under_way == 0 || domain.up_to_date_s == now_s) return;
  domain.up_to_date_s = now_s;
  compat::in_kernel([&] {
    for (const LinkIndex link : domains_.links(domain.index))
      if (crossings_[link] > 0) sg_link_get_consumed_energy(machine_.links()[link]);
  });
  for (Progress& progress : domain.watched) {
    double left_B = 0;
    compat::in_kernel([&] { left_B = progress.comm->get_remaining() / sim_bytes_per_byte; });
    tell(progress, left_B);
  }
}

std::size_t SharedLinks::begin_flow(RouteIndex route) {
  if (free_flows_.empty()) {
    free_flows_.push_back(flows_.size());
    flows_.emplace_back();
  }
  const std::size_t index = free_flows_.back();
  free_flows_.pop_back();
  peaks_.pass(s4u::Engine::get_clock());
  changed_s_ = s4u::Engine::get_clock();
  flows_[index] = {route, 0};
  rates_.add(route, index);
  return index;
}

void SharedLinks::end_flow(std::size_t index) {
  peaks_.pass(s4u::Engine::get_clock());
  changed_s_ = s4u::Engine::get_clock();
  rates_.remove(flows_[index].route, index);
  peaks_.set_rate(flows_[index].route, flows_[index].rate_Bps, 0, changed_s_);
  free_flows_.push_back(index);
}

void SharedLinks::tell_rates() {
  rates_.update([&](std::size_t index, double rate_Bps) {
    Flow& flow = flows_[index];
    peaks_.set_rate(flow.route, std::exchange(flow.rate_Bps, rate_Bps), rate_Bps, changed_s_);
  });
}

void SharedLinks::tell(Progress& progress, double left_B) {
  const double moved_B = progress.left_B - left_B;
  const double now_s = s4u::Engine::get_clock();
  if (now_s <= progress.since_s) return;
  timeline_->tell_moved(progress.task, progress.since_s, now_s, moved_B);
  progress.since_s = now_s;
  progress.left_B = left_B;
}

void SharedLinks::send(Domain& domain, RouteIndex route, double bytes, TaskId task) {
  if (s4u::Link* const pace = machine_.pace(route)) {
    const double span_s = clock_span_s(bytes / routes_[route].bandwidth_Bps);
    if (span_s <= 0) return;
    pace->set_bandwidth(bytes * sim_bytes_per_byte / span_s);
  }
  const s4u::CommPtr comm = start_comm(machine_.source(route), machine_.sink(route), bytes);
  if (!comm) return;
  if (timeline_ == nullptr) {
    comm->wait();
    settle(domain);
    return;
  }
  const auto progress = domain.watched.insert(domain.watched.end(), {task, comm, s4u::Engine::get_clock(), bytes});
  comm->wait();
  tell(*progress, 0);
  domain.watched.erase(progress);
  settle(domain);
}

/// A transfer ends no later than so long from now. Max-min fairness gives a flow at least the n-th part of what it
/// would have alone when n flows are under way: on each of its links its share is at least bandwidth / n, and it is
/// held back only by a link where no other gets more. So all that are under way now end within n times the longest that
/// one of them takes alone, unless others join; and each that joins calls this again, for all of them.
void SharedLinks::cover(double alone_s) {
  longest_alone_s_ = std::max(longest_alone_s_, alone_s);
  precision_.cover(s4u::Engine::get_clock() + longest_alone_s_ * static_cast<double>(under_way_));
}

void SharedLinks::run(RouteIndex index, double bytes, TaskId task) {
  const RouteSpec& route = machine_.spec().routes[index];
  Domain& domain = state_[domains_.of(route)];
  const std::int64_t pieces = communications_of(bytes);
  settle(domain);
  ++domain.under_way;
  ++under_way_;
  for (const LinkIndex link : route.links) ++crossings_[link];
  cover(bytes / routes_[index].bandwidth_Bps);
  const std::size_t flow = begin_flow(index);
  for (std::int64_t done = 0; done < pieces; ++done) send(domain, index, bytes / static_cast<double>(pieces), task);
  end_flow(flow);
  --domain.under_way;
  --under_way_;
  for (const LinkIndex link : route.links) --crossings_[link];
  if (under_way_ == 0) longest_alone_s_ = 0;
}

}  // namespace upmem_des
