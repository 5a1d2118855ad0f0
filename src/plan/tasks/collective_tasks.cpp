#include "plan/tasks/collective_tasks.hpp"

#include <algorithm>

#include "cost/sum_demand.hpp"

namespace upmem_des {

CollectiveTasks::CollectiveTasks(Transfers& transfers, const std::vector<DeviceIndex>& devices,
                                 const std::vector<Pieces>& held, double bytes, double bytes_per_element,
                                 const char* purpose, std::size_t chunks, Pieces after)
    : transfers_(transfers),
      devices_(devices),
      bytes_per_element_(bytes_per_element),
      chunk_B_(bytes / static_cast<double>(chunks)),
      chunks_(chunks),
      purpose_(purpose),
      after_(std::move(after)),
      held_(held),
      has_launched_(devices.size() + 1) {
  const auto host = std::find(devices.begin(), devices.end(), host_device);
  if (host != devices.end()) host_ = static_cast<std::size_t>(host - devices.begin());
}

void CollectiveTasks::add(const Stage& stage, const std::vector<CollectivePlan::TeamTransfers>& transfers) {
  next_ = held_;
  on_host_.resize(stage.teams.size(), host_ ? held_[*host_] : Pieces());
  sent_.resize(devices_.size());
  next_sent_.assign(devices_.size(), {});
  for (std::size_t k = 0; k < chunks_; ++k)
    for (std::size_t t = 0; t < stage.teams.size(); ++t)
      add_chunk(stage, t, stage.how == Stage::How::Together ? &transfers[t] : nullptr, k);
  held_ = next_;
  sent_ = next_sent_;
}

void CollectiveTasks::add_chunk(const Stage& stage, std::size_t team, const CollectivePlan::TeamTransfers* transfers,
                                std::size_t k) {
  if (transfers != nullptr)
    send_together(stage.teams[team], *transfers, k);
  else if (stage.how == Stage::How::Apart)
    send_apart(stage, team, k);
  else
    send_to_all(stage.teams[team], may_go(on_host_[team], k), k);
  if (stage.sum.tensors > 1) add_up(stage, team, k);
}

/// Piece k, or the last one where there are fewer.
Pieces CollectiveTasks::one_of(const Pieces& pieces, std::size_t k) const {
  Pieces one;
  if (chunks_ > 1)
    add_piece(one, pieces, k);
  else
    add_last(one, pieces);
  return one;
}

/// What is sent to a device has to wait for what tells that; all of it, then.
Pieces CollectiveTasks::may_go(const Pieces& pieces, std::size_t k) {
  return after_.empty() ? one_of(pieces, k) : transfers_.tasks().together({pieces, after_});
}

/// A piece that nobody has to wait for is after the one before it.
void CollectiveTasks::put(Pieces& all, const Pieces& piece, std::size_t k) {
  if (k == 0) all.clear();
  if (!piece.empty()) all.insert(all.end(), piece.begin(), piece.end());
}

/// What the host's memory does while bytes pass.
Pieces CollectiveTasks::pass_host(const Stage::Team& team, const Pieces& after) {
  if (team.host_share <= 0) return {};
  const Architecture& host = transfers_.platform().devices[host_device].architecture;
  return {transfers_.tasks().compute(host_device, passing_demand(host, team.host_share * chunk_B_), after, purpose_)};
}

void CollectiveTasks::send_together(const Stage::Team& team, const CollectivePlan::TeamTransfers& transfers,
                                    std::size_t k) {
  std::vector<TaskId> after;
  for (const std::size_t i : team.devices) add_last(after, one_of(held_[i], k));
  std::vector<Pieces> sent;
  for (const CollectivePlan::Transfer& transfer : transfers.transfers)
    sent.push_back({transfers_.tasks().transfer(transfer.route, transfer.share * chunk_B_, after, purpose_,
                                                k == 0 ? transfers.latency_s : 0)});
  sent.push_back(pass_host(team, after));
  const Pieces all = transfers_.tasks().together(sent);
  for (const std::size_t i : team.devices) put(next_[i], all, k);
}

/// After what a send may begin; `all`: of all of the team.
Pieces CollectiveTasks::ready(const Stage& stage, std::size_t team, const Send& send, const Pieces& all,
                              std::size_t k) {
  if (stage.at_once) return all;
  if (send.from == Send::host) return may_go(on_host_[team], k);
  if (!stage.flows) return one_of(held_[send.from], k);
  const Pieces& held = held_[send.from];
  return transfers_.tasks().together(
      {send.to == Send::host ? one_of(held, k) : may_go(held, k), one_of(sent_[send.from], k)});
}

void CollectiveTasks::send_apart(const Stage& stage, std::size_t index, std::size_t k) {
  const Stage::Team& team = stage.teams[index];
  TaskMaker& tasks = transfers_.tasks();
  std::vector<Pieces> of_all;
  for (const std::size_t i : team.devices) of_all.push_back(one_of(held_[i], k));
  const Pieces all = stage.at_once ? tasks.together(of_all) : Pieces();
  std::vector<Pieces> up;
  if (stage.at_once) up.push_back(pass_host(team, all));
  std::vector<std::vector<Pieces>> received(devices_.size());
  for (const Send& send : team.sends) {
    const DeviceIndex from = send.from == Send::host ? host_device : devices_[send.from];
    const DeviceIndex to = send.to == Send::host ? host_device : devices_[send.to];
    const Pieces sent =
        transfers_.send_whole(from, to, send.share * chunk_B_, ready(stage, index, send, all, k), purpose_,
                              k == 0 ? Transfers::Latency{stage.passes, stage.fixed_s} : Transfers::Latency{0, 0});
    (send.to == Send::host ? up : received[send.to]).push_back(sent);
    if (stage.in_rounds) put(next_sent_[send.from], sent, k);
  }
  put_received(stage, index, received, up, k);
}

/// What flows comes beside what is there.
void CollectiveTasks::put_received(const Stage& stage, std::size_t team, std::vector<std::vector<Pieces>>& received,
                                   std::vector<Pieces>& up, std::size_t k) {
  TaskMaker& tasks = transfers_.tasks();
  for (const std::size_t i : stage.teams[team].devices) {
    if (received[i].empty()) continue;
    if (stage.flows) received[i].push_back(one_of(held_[i], k));
    if (stage.at_once) received[i].insert(received[i].end(), up.begin(), up.end());
    put(next_[i], tasks.together(received[i]), k);
  }
  if (up.empty() || stage.at_once) return;
  if (host_) up.push_back(one_of(held_[*host_], k));
  put_on_host(team, tasks.together(up), k);
}

/// The host may be one of the devices.
void CollectiveTasks::put_on_host(std::size_t team, const Pieces& piece, std::size_t k) {
  put(on_host_[team], piece, k);
  if (host_) put(next_[*host_], piece, k);
}

void CollectiveTasks::send_to_all(const Stage::Team& team, const Pieces& from, std::size_t k) {
  std::vector<DeviceIndex> devices;
  for (const std::size_t i : team.devices) devices.push_back(devices_[i]);
  const std::vector<Pieces> sent = transfers_.send_whole_to_all(devices, team.sends.front().share * chunk_B_, from,
                                                                purpose_, {k == 0 ? 1.0 : 0.0, 0});
  for (std::size_t i = 0; i < team.devices.size(); ++i) put(next_[team.devices[i]], sent[i], k);
}

void CollectiveTasks::add_up(const Stage& stage, std::size_t team, std::size_t k) {
  const std::vector<double>& shares = stage.teams[team].sum_shares;
  const auto sum = [&](DeviceIndex device, std::size_t who, std::size_t place, Pieces& after) {
    const double elements = (shares.empty() ? stage.sum.share : shares[place]) * chunk_B_ / bytes_per_element_;
    if (elements <= 0) return;
    const bool is_launched = !has_launched_[who];
    has_launched_[who] = true;
    const TaskId id =
        transfers_.tasks().compute(device,
                                   sum_demand(transfers_.platform().devices[device].architecture, stage.sum.tensors,
                                              elements, bytes_per_element_, is_launched),
                                   one_of(after, k), purpose_);
    after.resize(k);
    after.push_back(id);
  };
  if (stage.sum_on_host) {
    sum(host_device, devices_.size(), 0, on_host_[team]);
    if (host_) put(next_[*host_], one_of(on_host_[team], k), k);
    return;
  }
  const std::vector<std::size_t>& adders = stage.teams[team].devices;
  for (std::size_t place = 0; place < adders.size(); ++place)
    sum(devices_[adders[place]], adders[place], place, next_[adders[place]]);
}

}  // namespace upmem_des
