#include "plan/tasks/collectives.hpp"

#include <algorithm>

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

Pieces Collectives::reduce(const Value& value, DeviceIndex root) {
  bool direct = true;
  for (const DeviceIndex device : value.devices)
    direct = direct && (device == root || transfers_.routes().find(device, root));
  const DeviceIndex adder = direct ? root : host_device;
  std::vector<Pieces> arrived;
  for (std::size_t i = 0; i < value.devices.size(); ++i)
    arrived.push_back(transfers_.send_whole(value.devices[i], adder, value.bytes, value.made[i], "reduce"));
  const Demand demand =
      sum_demand(transfers_.platform().devices[adder].architecture, static_cast<double>(value.devices.size()),
                 value.bytes / table_.bytes_per_element(), table_.bytes_per_element());
  std::vector<TaskId> after;
  for (const Pieces& pieces : arrived) add_last(after, pieces);
  const Pieces total{transfers_.tasks().compute(adder, demand, std::move(after), "reduce")};
  return transfers_.send_whole(adder, root, value.bytes, total, "reduce");
}

}  // namespace upmem_des
