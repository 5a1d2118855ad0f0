#include "plan/tasks/transfers.hpp"

namespace upmem_des {

Pieces Transfers::over(RouteIndex route, double bytes, const Pieces& pieces, const char* purpose, std::size_t chunks) {
  Pieces sent;
  for (std::size_t k = 0; k < chunks; ++k) {
    std::vector<TaskId> after;
    add_piece(after, pieces, k);
    sent.push_back(tasks_.transfer(route, bytes / static_cast<double>(chunks), std::move(after), purpose,
                                   /*pays_latency=*/k == 0));
  }
  return sent;
}

Pieces Transfers::send(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces, const char* purpose) {
  if (from == to || bytes <= 0) return pieces;
  if (const auto route = routes_.find(from, to)) return over(*route, bytes, pieces, purpose, chunks_);
  return send(host_device, to, bytes, send(from, host_device, bytes, pieces, purpose), purpose);
}

Pieces Transfers::send_whole(DeviceIndex from, DeviceIndex to, double bytes, const Pieces& pieces,
                             const char* purpose) {
  if (from == to || bytes <= 0) return pieces;
  Pieces last;
  add_last(last, pieces);
  if (const auto route = routes_.find(from, to)) return over(*route, bytes, last, purpose, 1);
  return send_whole(host_device, to, bytes, send_whole(from, host_device, bytes, last, purpose), purpose);
}

std::vector<Pieces> Transfers::send_to_all(const std::vector<DeviceIndex>& devices, double bytes, const Pieces& pieces,
                                           const char* purpose) {
  if (bytes > 0 && devices.size() > 1)
    if (const auto route = routes_.find_broadcast(devices))
      return std::vector<Pieces>(devices.size(), over(*route, bytes, pieces, purpose, chunks_));
  std::vector<Pieces> arrived;
  for (const DeviceIndex device : devices) arrived.push_back(send(host_device, device, bytes, pieces, purpose));
  return arrived;
}

}  // namespace upmem_des
