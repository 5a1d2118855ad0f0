#include "plan/tasks/transfers.hpp"

#include "plan/collectives/link_loads.hpp"

namespace upmem_des {

Pieces Transfers::over(RouteIndex route, double bytes, const Pieces& pieces, const char* purpose, std::size_t chunks,
                       double latency_s) {
  Pieces sent;
  for (std::size_t k = 0; k < chunks; ++k) {
    std::vector<TaskId> after;
    add_piece(after, pieces, k);
    sent.push_back(
        tasks_.transfer(route, bytes / static_cast<double>(chunks), std::move(after), purpose, k == 0 ? latency_s : 0));
  }
  return sent;
}

/// By the formula of a transfer that is alone on its links.
bool Transfers::goes_direct(DeviceIndex from, DeviceIndex to, double bytes) const {
  const auto direct = routes_.find(from, to);
  if (!direct || from == host_device || to == host_device) return direct.has_value();
  const auto time_s = [&](RouteIndex route) {
    return routes_.latency_s(route) + bytes / platform_.bandwidth_Bps(platform_.routes[route]);
  };
  return time_s(*direct) <= time_s(*routes_.find(from, host_device)) + time_s(*routes_.find(host_device, to));
}

double Transfers::time_s(const std::vector<Transfer>& transfers) const {
  std::vector<RouteBytes> first, then;
  for (const Transfer& transfer : transfers) {
    if (transfer.from == transfer.to || transfer.bytes <= 0) continue;
    if (goes_direct(transfer.from, transfer.to, transfer.bytes)) {
      first.push_back({*routes_.find(transfer.from, transfer.to), transfer.bytes});
    } else {
      first.push_back({*routes_.find(transfer.from, host_device), transfer.bytes});
      then.push_back({*routes_.find(host_device, transfer.to), transfer.bytes});
    }
  }
  double sum_s = 0;
  for (const std::vector<RouteBytes>& sent : {first, then})
    sum_s += longest_latency_s(routes_, sent) + busiest_s(platform_, sent);
  return sum_s;
}

Pieces Transfers::send(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose) {
  if (from == to || bytes <= 0) return pieces;
  if (goes_direct(from, to, bytes)) {
    const RouteIndex route = *routes_.find(from, to);
    return over(route, bytes, pieces, purpose, chunks_, routes_.latency_s(route));
  }
  return send(host_device, to, bytes, send(from, host_device, bytes, pieces, purpose), purpose);
}

Pieces Transfers::send_part(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose,
                            bool whole, std::set<RouteIndex>& begun) {
  if (from == to || bytes <= 0) return pieces;
  if (!goes_direct(from, to, bytes))
    return whole ? send_whole(from, to, bytes, pieces, purpose) : send(from, to, bytes, pieces, purpose);
  const RouteIndex route = *routes_.find(from, to);
  const double latency_s = begun.insert(route).second ? routes_.latency_s(route) : 0;
  if (!whole) return over(route, bytes, pieces, purpose, chunks_, latency_s);
  Pieces last;
  add_last(last, pieces);
  return {tasks_.transfer(route, bytes, last, purpose, latency_s)};
}

Pieces Transfers::send_whole(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose,
                             const Latency& latency) {
  if (from == to || bytes <= 0) return pieces;
  Pieces last;
  add_last(last, pieces);
  if (goes_direct(from, to, bytes)) {
    const RouteIndex route = *routes_.find(from, to);
    return {tasks_.transfer(route, bytes, last, purpose, latency_of(latency, route))};
  }
  return send_whole(host_device, to, bytes, send_whole(from, host_device, bytes, last, purpose, latency), purpose,
                    latency);
}

std::vector<Pieces> Transfers::send_to_all(const std::vector<DeviceIndex>& devices, double bytes, const Pieces& pieces,
                                           const char* purpose) {
  if (bytes > 0 && devices.size() > 1)
    if (const auto route = routes_.find_broadcast(devices))
      return std::vector<Pieces>(devices.size(),
                                 over(*route, bytes, pieces, purpose, chunks_, routes_.latency_s(*route)));
  std::vector<Pieces> arrived;
  for (const DeviceIndex device : devices) arrived.push_back(send(host_device, device, bytes, pieces, purpose));
  return arrived;
}

std::vector<Pieces> Transfers::send_whole_to_all(const std::vector<DeviceIndex>& devices, double bytes,
                                                 const Pieces& pieces, const char* purpose, const Latency& latency) {
  if (bytes > 0 && devices.size() > 1)
    if (const auto route = routes_.find_broadcast(devices)) {
      Pieces last;
      add_last(last, pieces);
      return std::vector<Pieces>(devices.size(),
                                 {tasks_.transfer(*route, bytes, last, purpose, latency_of(latency, *route))});
    }
  std::vector<Pieces> arrived;
  for (const DeviceIndex device : devices)
    arrived.push_back(send_whole(host_device, device, bytes, pieces, purpose, latency));
  return arrived;
}

}  // namespace upmem_des
