#include "plan/tasks/collectives.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

double Collectives::time_s(Collective collective, const std::vector<DeviceIndex>& devices,
                           const std::vector<double>& shares, double bytes) {
  if (!UnevenChoice::are_uneven(shares)) return time_s(collective, devices, bytes);
  return uneven_.choose(devices, collective, shares, bytes).cost.time_s(bytes);
}

std::vector<Pieces> Collectives::run(Collective collective, const Value& value) {
  const bool gives_shares = collective == Collective::AllGather || collective == Collective::AllToAll;
  return run(collective, value, gives_shares ? value.shares : std::vector<double>());
}

/// Without shares they are even.
std::vector<Pieces> Collectives::run(Collective collective, const Value& value, const std::vector<double>& shares) {
  if (value.bytes <= 0) return value.made;
  const auto note = [&](const CollectiveAlgorithm& algorithm, const Stages& stages) {
    if (log_ != nullptr) log_->note(collective, value.devices, algorithm, stages, value.bytes);
  };
  CollectiveTasks tasks(transfers_, value.devices, value.made, value.bytes, table_.bytes_per_element(),
                        name_of(collective), transfers_.chunks());
  if (UnevenChoice::are_uneven(shares)) {
    const UnevenPlan& plan = uneven_.choose(value.devices, collective, shares, value.bytes);
    note(*plan.algorithm, plan.stages);
    for (const Stage& stage : plan.stages) tasks.add(stage, {});
  } else {
    const CollectivePlan& plan = table_.choose(value.devices, collective, value.bytes);
    note(*plan.algorithm, plan.stages);
    for (std::size_t s = 0; s < plan.stages.size(); ++s) tasks.add(plan.stages[s], plan.transfers[s]);
  }
  return tasks.held();
}

namespace {

/// All that have some of it, and the root.
RootedCollective to_one(Collective collective, const std::vector<DeviceIndex>& devices, DeviceIndex root,
                        std::vector<double> shares) {
  RootedCollective what{collective, devices, 0, std::move(shares)};
  const auto found = std::find(devices.begin(), devices.end(), root);
  what.root = static_cast<std::size_t>(found - devices.begin());
  if (found != devices.end()) return what;
  what.devices.push_back(root);
  what.shares.push_back(0);
  return what;
}

}  // namespace

RootedCollective Collectives::gather_of(const Value& value, DeviceIndex root) {
  return to_one(Collective::Gather, value.devices, root, value.shares);
}

RootedCollective Collectives::reduce_of(const Value& value, DeviceIndex root) {
  return to_one(Collective::Reduce, value.devices, root, std::vector<double>(value.devices.size(), 1));
}

RootedCollective Collectives::broadcast_of(std::vector<DeviceIndex> from, const std::vector<DeviceIndex>& to) {
  RootedCollective what{Collective::Broadcast, std::move(from), 0, {}};
  what.shares.assign(what.devices.size(), 1);
  what.devices.insert(what.devices.end(), to.begin(), to.end());
  what.shares.resize(what.devices.size());
  return what;
}

CollectiveTasks Collectives::run(const RootedCollective& what, const RootedPlan& plan, const std::vector<Pieces>& held,
                                 double bytes, const Pieces& after, const char* purpose) {
  // What comes together on one device is not cut.
  const std::size_t chunks = what.collective == Collective::Broadcast ? transfers_.chunks() : 1;
  CollectiveTasks tasks(transfers_, what.devices, held, bytes, table_.bytes_per_element(), purpose, chunks, after);
  for (const Stage& stage : plan.stages) {
    if (!stage.inner) {
      tasks.add(stage, {});
      continue;
    }
    Value some;
    some.devices = inner_devices(what.devices, *stage.inner);
    some.shares = stage.inner->shares;
    some.bytes = bytes;
    for (const std::size_t i : stage.inner->devices) some.made.push_back(tasks.held()[i]);
    if (has_root(stage.inner->collective)) {
      tasks.set_held(what.root, to_root(rooted(what, *stage.inner), some));
    } else {
      const std::vector<Pieces> done = run(stage.inner->collective, some);
      for (std::size_t i = 0; i < done.size(); ++i) tasks.set_held(stage.inner->devices[i], done[i]);
    }
  }
  return tasks;
}

Pieces Collectives::to_root(const RootedCollective& what, const Value& value) {
  std::vector<Pieces> held = value.made;
  held.resize(what.devices.size());
  if (value.bytes <= 0) return transfers_.tasks().together(held);
  const RootedPlan plan = rooted_.choose(what, value.bytes);
  if (log_ != nullptr) log_->note(what.collective, value.devices, *plan.algorithm, plan.stages, value.bytes);
  return run(what, plan, held, value.bytes, {}, name_of(what.collective)).held()[what.root];
}

Pieces Collectives::gather(const Value& value, DeviceIndex root) {
  return to_root(gather_of(value, root), value);
}

Pieces Collectives::reduce(const Value& value, DeviceIndex root) {
  return to_root(reduce_of(value, root), value);
}

double Collectives::broadcast_s(const std::vector<DeviceIndex>& from, const std::vector<DeviceIndex>& to,
                                double bytes) const {
  std::vector<DeviceIndex> others;
  for (const DeviceIndex device : to)
    if (std::find(from.begin(), from.end(), device) == from.end()) others.push_back(device);
  return others.empty() ? 0 : rooted_.choose(broadcast_of(from, others), bytes).time_s;
}

void Collectives::broadcast(std::vector<Value::At>& at, const std::vector<DeviceIndex>& to, double bytes,
                            const Pieces& after, const char* purpose) {
  if (to.empty()) return;
  std::vector<DeviceIndex> from;
  std::vector<Pieces> held;
  for (const Value::At& some : at) {
    from.push_back(some.device);
    held.push_back(some.pieces);
  }
  const RootedCollective what = broadcast_of(from, to);
  held.resize(what.devices.size());
  const RootedPlan plan = rooted_.choose(what, bytes);
  const bool is_collective = to.size() > 1 && bytes > 0;
  if (log_ != nullptr && is_collective) log_->note(what.collective, to, *plan.algorithm, plan.stages, bytes);
  const CollectiveTasks tasks = run(what, plan, held, bytes, after, purpose);
  const bool has_host = std::find(what.devices.begin(), what.devices.end(), host_device) != what.devices.end();
  if (!has_host && !tasks.on_host().empty()) at.push_back({host_device, tasks.on_host()});
  for (std::size_t i = from.size(); i < what.devices.size(); ++i) at.push_back({what.devices[i], tasks.held()[i]});
}

}  // namespace upmem_des
