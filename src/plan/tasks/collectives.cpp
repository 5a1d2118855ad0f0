#include "plan/tasks/collectives.hpp"

#include "cost/sum_demand.hpp"

namespace upmem_des {

namespace {

std::vector<double> even_shares(std::size_t n) {
  return std::vector<double>(n, 1.0 / static_cast<double>(n));
}

}  // namespace

Pieces Collectives::sum(DeviceIndex device, double tensors, double bytes, const std::vector<Pieces>& parts,
                        const char* purpose) {
  std::vector<TaskId> after;
  for (const Pieces& pieces : parts) add_last(after, pieces);
  const Demand demand = sum_demand(transfers_.platform().devices[device].architecture, tensors,
                                   bytes / bytes_per_element_, bytes_per_element_);
  return {transfers_.tasks().compute(device, demand, std::move(after), purpose)};
}

std::vector<Pieces> Collectives::ring_gather(const Value& value, const std::vector<Pieces>& own,
                                             const std::vector<double>& shares, std::size_t first_share,
                                             const char* purpose) {
  const std::size_t n = value.devices.size();
  std::vector<Pieces> held = own;  // after which device i holds what it sends next
  std::vector<std::vector<Pieces>> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i].push_back(own[i]);
  for (std::size_t step = 0; step + 1 < n; ++step) {
    std::vector<Pieces> received(n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t next = (i + 1) % n;
      const double bytes = value.bytes * shares[(i + first_share + n - step) % n];
      received[next] = transfers_.send_whole(value.devices[i], value.devices[next], bytes, held[i], purpose);
      all[next].push_back(received[next]);
    }
    held = std::move(received);
  }
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < n; ++i) arrived.push_back(transfers_.tasks().together(all[i]));
  return arrived;
}

std::vector<Pieces> Collectives::ring_reduce(const Value& value, const char* purpose) {
  const std::size_t n = value.devices.size();
  const double bytes = value.bytes / static_cast<double>(n);
  std::vector<Pieces> held = value.made;
  for (std::size_t step = 0; step + 1 < n; ++step) {
    std::vector<Pieces> summed(n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t next = (i + 1) % n;
      const Pieces received = transfers_.send_whole(value.devices[i], value.devices[next], bytes, held[i], purpose);
      summed[next] = sum(value.devices[next], 2, bytes, {received, value.made[next]}, purpose);
    }
    held = std::move(summed);
  }
  return held;
}

std::vector<Pieces> Collectives::all_gather(const Value& value) {
  if (transfers_.routes().is_ring(value.devices)) return ring_gather(value, value.made, value.shares, 0, "all-gather");
  std::vector<Pieces> up;
  for (std::size_t i = 0; i < value.devices.size(); ++i)
    up.push_back(transfers_.send_whole(value.devices[i], host_device, value.shares[i] * value.bytes, value.made[i],
                                       "all-gather"));
  const Pieces gathered = transfers_.tasks().together(up);
  if (transfers_.routes().find_broadcast(value.devices))
    return transfers_.send_to_all(value.devices, value.bytes, gathered, "all-gather");
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < value.devices.size(); ++i) {
    const double missing_bytes = (1 - value.shares[i]) * value.bytes;
    arrived.push_back(transfers_.send_whole(host_device, value.devices[i], missing_bytes, gathered, "all-gather"));
  }
  return arrived;
}

std::vector<Pieces> Collectives::all_reduce(const Value& value) {
  const std::size_t n = value.devices.size();
  // After n − 1 steps device i holds the sum of share i + 1.
  if (transfers_.routes().is_ring(value.devices))
    return ring_gather(value, ring_reduce(value, "all-reduce"), even_shares(n), 1, "all-reduce");
  return transfers_.send_to_all(value.devices, value.bytes, reduce(value, host_device, "all-reduce"), "all-reduce");
}

std::vector<Pieces> Collectives::reduce_scatter(const Value& value) {
  if (transfers_.routes().is_ring(value.devices)) return ring_reduce(value, "reduce-scatter");
  const Pieces sum_on_host = reduce(value, host_device, "reduce-scatter");
  std::vector<Pieces> arrived;
  for (const DeviceIndex device : value.devices)
    arrived.push_back(transfers_.send_whole(
        host_device, device, value.bytes / static_cast<double>(value.devices.size()), sum_on_host, "reduce-scatter"));
  return arrived;
}

Pieces Collectives::gather(const Value& value, DeviceIndex root) {
  std::vector<Pieces> arrived;
  std::vector<Pieces> on_host;
  double host_bytes = 0;
  for (std::size_t i = 0; i < value.devices.size(); ++i) {
    const DeviceIndex device = value.devices[i];
    const double bytes = value.shares[i] * value.bytes;
    if (device == root || device == host_device || root == host_device || transfers_.routes().find(device, root)) {
      arrived.push_back(transfers_.send_whole(device, root, bytes, value.made[i], "gather"));
    } else {
      on_host.push_back(transfers_.send_whole(device, host_device, bytes, value.made[i], "gather"));
      host_bytes += bytes;
    }
  }
  if (!on_host.empty())
    arrived.push_back(
        transfers_.send_whole(host_device, root, host_bytes, transfers_.tasks().together(on_host), "gather"));
  return transfers_.tasks().together(arrived);
}

Pieces Collectives::reduce(const Value& value, DeviceIndex root, const char* purpose) {
  bool direct = true;
  for (const DeviceIndex device : value.devices)
    direct = direct && (device == root || transfers_.routes().find(device, root));
  const DeviceIndex adder = direct ? root : host_device;
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < value.devices.size(); ++i)
    arrived.push_back(transfers_.send_whole(value.devices[i], adder, value.bytes, value.made[i], purpose));
  const Pieces total = sum(adder, static_cast<double>(value.devices.size()), value.bytes, arrived, purpose);
  return transfers_.send_whole(adder, root, value.bytes, total, purpose);
}

}  // namespace upmem_des
