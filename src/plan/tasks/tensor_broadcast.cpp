#include "plan/tasks/tensor_broadcast.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

const Value::At* at_host(const std::vector<Value::At>& at) {
  const auto found =
      std::find_if(at.begin(), at.end(), [](const Value::At& some) { return some.device == host_device; });
  return found == at.end() ? nullptr : &*found;
}

}  // namespace

/// Of the holders with a direct way, the first of those that serve the fewest; none at all where some device has no
/// such holder.
std::vector<TensorBroadcast::Sender> TensorBroadcast::direct_senders(const std::vector<Value::At>& at,
                                                                     const std::vector<DeviceIndex>& to) const {
  std::vector<Sender> senders;
  std::vector<std::size_t> served(at.size());
  for (const DeviceIndex device : to) {
    std::size_t best = at.size();
    for (std::size_t i = 0; i < at.size(); ++i)
      if (transfers_.routes().find(at[i].device, device) && (best == at.size() || served[i] < served[best])) best = i;
    if (best == at.size()) return {};
    ++served[best];
    senders.push_back({best, device});
  }
  return senders;
}

double TensorBroadcast::direct_s(const std::vector<Value::At>& at, const std::vector<Sender>& senders,
                                 double bytes) const {
  if (senders.empty()) return never;
  std::vector<RouteBytes> sent;
  for (const Sender& sender : senders)
    sent.push_back({*transfers_.routes().find(at[sender.holder].device, sender.to), bytes});
  return longest_latency_s(transfers_.routes(), sent) + busiest_s(transfers_.platform(), sent);
}

double TensorBroadcast::by_host_s(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to,
                                  double bytes) const {
  const RouteTable& routes = transfers_.routes();
  std::vector<RouteBytes> up;
  if (at_host(at) == nullptr) up.push_back({*routes.find(at.front().device, host_device), bytes});
  std::vector<RouteBytes> down;
  if (const auto broadcast = to.size() > 1 ? routes.find_broadcast(to) : std::nullopt) {
    down.push_back({*broadcast, bytes});
  } else {
    for (const DeviceIndex device : to)
      if (device != host_device) down.push_back({*routes.find(host_device, device), bytes});
  }
  const PlatformSpec& platform = transfers_.platform();
  return longest_latency_s(routes, up) + busiest_s(platform, up) + longest_latency_s(routes, down) +
         busiest_s(platform, down);
}

/// When a tensor may be sent on that is somewhere after `pieces`.
Pieces TensorBroadcast::may_go(const Pieces& pieces, const Pieces& after) {
  return after.empty() ? pieces : transfers_.tasks().together({pieces, after});
}

TensorBroadcast::Choice TensorBroadcast::choose(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to,
                                                double bytes) const {
  Choice best{Way::ByHost, by_host_s(at, to, bytes), direct_senders(at, to)};
  const double direct = direct_s(at, best.senders, bytes);
  // From the host it may be a broadcast.
  const bool is_first = at_host(at) == nullptr;
  if (direct < best.time_s || (is_first && direct == best.time_s)) best = {Way::Direct, direct, best.senders};
  if (to.size() > 1 && !best.senders.empty() && collectives_.knows(to)) {
    const double by_shares = direct_s(at, best.senders, bytes / static_cast<double>(to.size())) +
                             collectives_.time_s(Collective::AllGather, to, bytes);
    if (by_shares < best.time_s) best = {Way::ByShares, by_shares, best.senders};
  }
  return best;
}

double TensorBroadcast::time_s(const std::vector<Value::At>& at, const std::vector<DeviceIndex>& to,
                               double bytes) const {
  return to.empty() ? 0 : choose(at, to, bytes).time_s;
}

void TensorBroadcast::send(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes,
                           const Pieces& after, const char* purpose) {
  if (to.empty()) return;
  const Choice choice = choose(at, to, bytes);
  if (choice.way == Way::ByShares) {
    send_shares(at, choice.senders, bytes, after, purpose);
  } else if (choice.way == Way::ByHost) {
    send_by_host(at, to, bytes, after, purpose);
  } else {
    for (const Sender& sender : choice.senders) {
      const Value::At from = at[sender.holder];
      at.push_back({sender.to, transfers_.send(from.device, sender.to, bytes, may_go(from.pieces, after), purpose)});
    }
  }
}

void TensorBroadcast::send_by_host(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes,
                                   const Pieces& after, const char* purpose) {
  if (at_host(at) == nullptr) {
    const Value::At first = at.front();
    at.push_back({host_device, transfers_.send(first.device, host_device, bytes, first.pieces, purpose)});
  }
  const Pieces on_host = may_go(at_host(at)->pieces, after);
  const std::vector<Pieces> sent = transfers_.send_to_all(to, bytes, on_host, purpose);
  for (std::size_t i = 0; i < to.size(); ++i)
    if (to[i] != host_device) at.push_back({to[i], sent[i]});
}

void TensorBroadcast::send_shares(std::vector<Value::At>& at, const std::vector<Sender>& senders, double bytes,
                                  const Pieces& after, const char* purpose) {
  Value shared;
  shared.layout = Layout::Rows;
  shared.bytes = bytes;
  shared.shares = even_shares(senders.size());
  for (const Sender& sender : senders) {
    const Value::At& from = at[sender.holder];
    shared.devices.push_back(sender.to);
    shared.made.push_back(transfers_.send(from.device, sender.to, bytes / static_cast<double>(senders.size()),
                                          may_go(from.pieces, after), purpose));
  }
  const std::vector<Pieces> gathered = collectives_.run(Collective::AllGather, shared);
  for (std::size_t i = 0; i < senders.size(); ++i) at.push_back({senders[i].to, gathered[i]});
}

}  // namespace upmem_des
