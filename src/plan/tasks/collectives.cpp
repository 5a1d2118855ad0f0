#include "plan/tasks/collectives.hpp"

#include <algorithm>
#include <utility>

#include "cost/sum_demand.hpp"
#include "plan/tasks/collective_tasks.hpp"

namespace upmem_des {

namespace {

/// Shares of whole columns or rows of large tensors are even but for rounding.
bool are_even(const std::vector<double>& shares) {
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
  return *most - *least <= 1e-12 * *most;
}

}  // namespace

std::vector<Pieces> Collectives::run(Collective collective, const Value& value) {
  if (value.bytes <= 0) return value.made;
  const CollectivePlan& plan = table_.choose(value.devices, collective, value.bytes);
  if (log_ != nullptr) log_->note(collective, value.devices, plan, value.bytes);
  CollectiveTasks tasks(transfers_, value.devices, value.made, value.bytes, table_.bytes_per_element(),
                        name_of(collective));
  const bool gives_shares = collective == Collective::AllGather || collective == Collective::AllToAll;
  if (gives_shares && !are_even(value.shares)) {
    for (const Stage& stage : table_.with_shares(value.devices, plan, collective, value.shares)) tasks.add(stage, {});
  } else {
    for (std::size_t s = 0; s < plan.stages.size(); ++s) tasks.add(plan.stages[s], plan.transfers[s]);
  }
  return tasks.held();
}

bool Collectives::passes_host(DeviceIndex device, DeviceIndex root, bool by_host) const {
  const bool is_end = device == root || device == host_device || root == host_device;
  return !is_end && (by_host || !transfers_.routes().find(device, root));
}

/// What all send to the root, directly, or by way of the host where some cannot or it is to be so.
Collectives::ToRoot Collectives::to_root(const Value& value, DeviceIndex root, bool by_host) const {
  const RouteTable& routes = transfers_.routes();
  ToRoot sends;
  double down_B = 0;
  for (std::size_t i = 0; i < value.devices.size(); ++i) {
    const DeviceIndex device = value.devices[i];
    const double bytes = value.layout == Layout::Partial ? value.bytes : value.shares[i] * value.bytes;
    if (device == root || bytes <= 0) continue;
    const bool goes_up = passes_host(device, root, by_host);
    sends.first.push_back({*routes.find(device, goes_up ? host_device : root), bytes});
    if (goes_up) down_B += bytes;
  }
  if (down_B > 0) sends.then.push_back({*routes.find(host_device, root), down_B});
  return sends;
}

double Collectives::time_s(const ToRoot& sends) const {
  double all_s = 0;
  for (const std::vector<RouteBytes>* some : {&sends.first, &sends.then})
    all_s += longest_latency_s(transfers_.routes(), *some) + busiest_s(transfers_.platform(), *some);
  return all_s;
}

Pieces Collectives::gather(const Value& value, DeviceIndex root) {
  const bool by_host = time_s(to_root(value, root, true)) < time_s(to_root(value, root, false));
  std::vector<Pieces> arrived;
  std::vector<Pieces> on_host;
  double host_B = 0;
  for (std::size_t i = 0; i < value.devices.size(); ++i) {
    const DeviceIndex device = value.devices[i];
    const double bytes = value.shares[i] * value.bytes;
    const bool goes_up = passes_host(device, root, by_host);
    (goes_up ? on_host : arrived)
        .push_back(transfers_.send_whole(device, goes_up ? host_device : root, bytes, value.made[i], "gather"));
    if (goes_up) host_B += bytes;
  }
  if (!on_host.empty())
    arrived.push_back(transfers_.send_whole(host_device, root, host_B, transfers_.tasks().together(on_host), "gather"));
  return transfers_.tasks().together(arrived);
}

Demand Collectives::sum_on(DeviceIndex device, const Value& value) const {
  return sum_demand(transfers_.platform().devices[device].architecture, static_cast<double>(value.devices.size()),
                    value.bytes / table_.bytes_per_element(), table_.bytes_per_element());
}

Collectives::Reduction Collectives::reduction(const Value& value, DeviceIndex root) const {
  const auto reaches = [&](DeviceIndex device) {
    return device == root || transfers_.routes().find(device, root).has_value();
  };
  Reduction best;
  ToRoot up = to_root(value, host_device, true);
  if (root != host_device) up.then.push_back({*transfers_.routes().find(host_device, root), value.bytes});
  best.time_s = time_s(up) + sum_on(host_device, value).time_s();
  best.adder = host_device;
  if (std::all_of(value.devices.begin(), value.devices.end(), reaches)) {
    const double direct_s = time_s(to_root(value, root, false)) + sum_on(root, value).time_s();
    if (direct_s <= best.time_s) best = {direct_s, root, false};
  }
  if (knows(value.devices)) {
    const double by_shares_s =
        time_s(Collective::ReduceScatter, value.devices, value.bytes) + gather_s(scattered(value), root);
    if (by_shares_s < best.time_s) best = {by_shares_s, root, true};
  }
  return best;
}

/// The sum of a Partial value, as it lies after a reduce-scatter.
Value Collectives::scattered(const Value& value) {
  Value shares = value;
  shares.layout = Layout::Rows;
  shares.shares = even_shares(value.devices.size());
  return shares;
}

double Collectives::gather_s(const Value& value, DeviceIndex root) const {
  return std::min(time_s(to_root(value, root, true)), time_s(to_root(value, root, false)));
}

double Collectives::reduce_s(const Value& value, DeviceIndex root) const {
  return reduction(value, root).time_s;
}

Pieces Collectives::reduce(const Value& value, DeviceIndex root) {
  const Reduction best = reduction(value, root);
  if (best.by_shares) {
    Value shares = scattered(value);
    shares.made = run(Collective::ReduceScatter, value);
    return gather(shares, root);
  }
  std::vector<TaskId> after;
  for (std::size_t i = 0; i < value.devices.size(); ++i)
    add_last(after, transfers_.send_whole(value.devices[i], best.adder, value.bytes, value.made[i], "reduce"));
  const Pieces total{transfers_.tasks().compute(best.adder, sum_on(best.adder, value), std::move(after), "reduce")};
  return transfers_.send_whole(best.adder, root, value.bytes, total, "reduce");
}

}  // namespace upmem_des
