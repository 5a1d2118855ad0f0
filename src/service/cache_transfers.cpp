#include "service/cache_transfers.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

CacheTransfers::CacheTransfers(const PlatformSpec& platform, MachineWindows& windows, bool ideal_links,
                               std::vector<LinkIndex> links, TellPower tell_power)
    : platform_(platform),
      windows_(windows),
      ideal_links_(ideal_links),
      links_(std::move(links)),
      tell_power_(std::move(tell_power)),
      domains_(platform),
      rates_(platform, domains_) {}

std::vector<RouteIndex> CacheTransfers::hops_of(DeviceIndex from, DeviceIndex to) const {
  if (const auto direct = platform_.find_route(from, to)) return {*direct};
  std::vector<RouteIndex> hops;
  if (from != host_device) hops.push_back(*platform_.devices[from].to_host);
  if (to != host_device) hops.push_back(*platform_.devices[to].from_host);
  return hops;
}

double CacheTransfers::energy_J(const std::vector<SentShare>& shares) const {
  double sum_J = 0;
  if (ideal_links_) return sum_J;
  for (const SentShare& share : shares)
    for (const RouteIndex hop : hops_of(share.from, share.to))
      sum_J += share.bytes * platform_.energy_J_per_byte(platform_.routes[hop]);
  return sum_J;
}

std::size_t CacheTransfers::begin(const std::vector<SentShare>& shares, double first_share, double first_s,
                                  double last_s) {
  const std::size_t number = next_transfer_++;
  Transfer transfer;
  if (!ideal_links_)
    for (const SentShare& share : shares)
      if (share.bytes > 0) transfer.shares.push_back(share);
  transfer.first_share = transfer.shares.empty() ? 0 : first_share;
  transfer.last_s = last_s;
  transfer.is_last = transfer.first_share == 0;
  schedule(transfer.is_last ? last_s : first_s, {Event::Kind::PartBegins, number});
  transfers_.emplace(number, std::move(transfer));
  return number;
}

/// The next thing that happens.
void CacheTransfers::step(double now_s) {
  const auto [time_s, event] = *events_.begin();
  events_.erase(events_.begin());
  // An end that is due by its formula is never late.
  const double at_s = std::min(time_s, now_s);
  if (event.kind == Event::Kind::PartBegins) {
    begin_part(event.index, at_s);
  } else if (event.kind == Event::Kind::LatencyEnds) {
    Flow& flow = flows_.at(event.index);
    flow.since_s = at_s;
    flow.event_s = never;
    rates_.add(flow.hops[flow.hop], event.index);
  } else {
    end_hop(event.index, at_s);
  }
  share_links(at_s);
}

void CacheTransfers::begin_part(std::size_t number, double now_s) {
  Transfer& transfer = transfers_.at(number);
  if (transfer.shares.empty()) return part_arrived(number, now_s);
  const double part = transfer.is_last ? 1 - transfer.first_share : transfer.first_share;
  transfer.flows = transfer.shares.size();
  for (const SentShare& share : transfer.shares) {
    Flow flow;
    flow.transfer = number;
    flow.hops = hops_of(share.from, share.to);
    flow.bytes = part * share.bytes;
    const std::size_t index = next_flow_++;
    flows_.emplace(index, std::move(flow));
    begin_hop(index, now_s);
  }
}

void CacheTransfers::begin_hop(std::size_t index, double now_s) {
  Flow& flow = flows_.at(index);
  flow.left_B = flow.bytes;
  flow.event_s = now_s + platform_.latency_s(platform_.routes[flow.hops[flow.hop]]);
  schedule(flow.event_s, {Event::Kind::LatencyEnds, index});
}

void CacheTransfers::advance(Flow& flow, double to_s) {
  if (flow.rate_Bps <= 0 || to_s <= flow.since_s) return;
  const double moved_B = std::min(flow.left_B, flow.rate_Bps * (to_s - flow.since_s));
  flow.left_B -= moved_B;
  flow.since_s = to_s;
  count(flow.hops[flow.hop], moved_B);
}

void CacheTransfers::set_rate(Flow& flow, double rate_Bps, double now_s) {
  const double before_Bps = std::exchange(flow.rate_Bps, rate_Bps);
  if (!tell_power_) return;
  const RouteSpec& route = platform_.routes[flow.hops[flow.hop]];
  tell_power_(now_s, (rate_Bps - before_Bps) * platform_.energy_J_per_byte(route));
}

void CacheTransfers::count(RouteIndex route, double moved_B) {
  for (const LinkIndex link : platform_.routes[route].links)
    windows_.add_bytes(links_.empty() ? link : links_[link], moved_B);
}

void CacheTransfers::end_hop(std::size_t index, double now_s) {
  Flow& flow = flows_.at(index);
  const RouteIndex route = flow.hops[flow.hop];
  count(route, flow.left_B);
  flow.left_B = 0;
  set_rate(flow, 0, now_s);
  rates_.remove(route, index);
  if (++flow.hop < flow.hops.size()) return begin_hop(index, now_s);
  const std::size_t transfer = flow.transfer;
  flows_.erase(index);
  if (--transfers_.at(transfer).flows == 0) part_arrived(transfer, now_s);
}

void CacheTransfers::part_arrived(std::size_t number, double now_s) {
  Transfer& transfer = transfers_.at(number);
  if (transfer.is_last) {
    transfers_.erase(number);
    arrived_.push_back(number);
    return;
  }
  transfer.is_last = true;
  schedule(std::max(now_s, transfer.last_s), {Event::Kind::PartBegins, number});
}

void CacheTransfers::reschedule(std::size_t index, double time_s) {
  Flow& flow = flows_.at(index);
  const auto [first, last] = events_.equal_range(flow.event_s);
  const auto known = std::find_if(first, last, [&](const auto& event) {
    return event.second.kind == Event::Kind::FlowEnds && event.second.index == index;
  });
  if (known != last) events_.erase(known);
  flow.event_s = time_s;
  schedule(time_s, {Event::Kind::FlowEnds, index});
}

/// Those that have begun or ended change the rates of others.
void CacheTransfers::share_links(double now_s) {
  rates_.update([&](std::size_t index, double rate_Bps) {
    Flow& flow = flows_.at(index);
    if (rate_Bps == flow.rate_Bps) return;
    advance(flow, now_s);
    set_rate(flow, rate_Bps, now_s);
    flow.since_s = now_s;
    reschedule(index, now_s + flow.left_B / rate_Bps);
  });
}

void CacheTransfers::draw(double to_s) {
  for (auto& [index, flow] : flows_) advance(flow, to_s);
}

}  // namespace upmem_des
