#include "plan/tasks/collective_tasks.hpp"

#include <algorithm>

#include "cost/sum_demand.hpp"

namespace upmem_des {

CollectiveTasks::CollectiveTasks(Transfers& transfers, const std::vector<DeviceIndex>& devices,
                                 const std::vector<Pieces>& held, double bytes, double bytes_per_element,
                                 const char* purpose)
    : transfers_(transfers),
      devices_(devices),
      bytes_per_element_(bytes_per_element),
      chunk_B_(bytes / static_cast<double>(transfers.chunks())),
      chunks_(transfers.chunks()),
      purpose_(purpose),
      held_(held),
      has_launched_(devices.size() + 1) {}

void CollectiveTasks::add(const Stage& stage, const std::vector<CollectivePlan::TeamTransfers>& transfers) {
  next_ = held_;
  on_host_.resize(stage.teams.size());
  for (std::size_t k = 0; k < chunks_; ++k)
    for (std::size_t t = 0; t < stage.teams.size(); ++t)
      add_chunk(stage, t, stage.how == Stage::How::Together ? &transfers[t] : nullptr, k);
  held_ = next_;
}

void CollectiveTasks::add_chunk(const Stage& stage, std::size_t team, const CollectivePlan::TeamTransfers* transfers,
                                std::size_t k) {
  if (transfers != nullptr)
    send_together(stage.teams[team], *transfers, k);
  else if (stage.how == Stage::How::Apart)
    send_apart(stage, team, k);
  else
    send_to_all(stage.teams[team], one_of(on_host_[team], k), k);
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

/// A piece that nobody has to wait for is after the one before it.
void CollectiveTasks::put(Pieces& all, const Pieces& piece, std::size_t k) {
  if (k == 0) all.clear();
  if (!piece.empty()) all.insert(all.end(), piece.begin(), piece.end());
}

void CollectiveTasks::send_together(const Stage::Team& team, const CollectivePlan::TeamTransfers& transfers,
                                    std::size_t k) {
  std::vector<TaskId> after;
  for (const std::size_t i : team.devices) add_last(after, one_of(held_[i], k));
  std::vector<Pieces> sent;
  for (const CollectivePlan::Transfer& transfer : transfers.transfers)
    sent.push_back({transfers_.tasks().transfer(transfer.route, transfer.share * chunk_B_, after, purpose_,
                                                k == 0 ? transfers.latency_s : 0)});
  const Pieces all = transfers_.tasks().together(sent);
  for (const std::size_t i : team.devices) put(next_[i], all, k);
}

void CollectiveTasks::send_apart(const Stage& stage, std::size_t index, std::size_t k) {
  const Stage::Team& team = stage.teams[index];
  std::vector<Pieces> of_all;
  for (const std::size_t i : team.devices) of_all.push_back(one_of(held_[i], k));
  const bool is_among_devices = team.sends.front().from != Send::host && team.sends.front().to != Send::host;
  const Pieces after = is_among_devices ? transfers_.tasks().together(of_all) : Pieces();
  const Pieces from_host = one_of(on_host_[index], k);
  std::vector<Pieces> up;
  std::vector<std::vector<Pieces>> received(devices_.size());
  for (const Send& send : team.sends) {
    const double bytes = send.share * chunk_B_;
    const DeviceIndex from = send.from == Send::host ? host_device : devices_[send.from];
    const DeviceIndex to = send.to == Send::host ? host_device : devices_[send.to];
    const Pieces sent = transfers_.send_whole(
        from, to, bytes,
        send.from == Send::host ? from_host
        : is_among_devices      ? after
                                : one_of(held_[send.from], k),
        purpose_, k == 0 ? Transfers::Latency{stage.passes, stage.fixed_s} : Transfers::Latency{0, 0});
    if (send.to == Send::host)
      up.push_back(sent);
    else
      received[send.to].push_back(sent);
  }
  if (!up.empty()) put(on_host_[index], transfers_.tasks().together(up), k);
  for (const std::size_t i : team.devices)
    if (!received[i].empty()) put(next_[i], transfers_.tasks().together(received[i]), k);
}

void CollectiveTasks::send_to_all(const Stage::Team& team, const Pieces& from, std::size_t k) {
  std::vector<DeviceIndex> devices;
  for (const std::size_t i : team.devices) devices.push_back(devices_[i]);
  const std::vector<Pieces> sent = transfers_.send_whole_to_all(devices, team.sends.front().share * chunk_B_, from,
                                                                purpose_, {k == 0 ? 1.0 : 0.0, 0});
  for (std::size_t i = 0; i < team.devices.size(); ++i) put(next_[team.devices[i]], sent[i], k);
}

void CollectiveTasks::add_up(const Stage& stage, std::size_t team, std::size_t k) {
  const double elements = stage.sum.share * chunk_B_ / bytes_per_element_;
  const auto sum = [&](DeviceIndex device, std::size_t who, Pieces& after) {
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
    sum(host_device, devices_.size(), on_host_[team]);
    return;
  }
  for (const std::size_t i : stage.teams[team].devices) sum(devices_[i], i, next_[i]);
}

}  // namespace upmem_des
