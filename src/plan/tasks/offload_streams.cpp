#include "plan/tasks/offload_streams.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

constexpr const char* of_weights = "weights";
constexpr const char* of_cache = "KV cache";

}  // namespace

OffloadStreams::OffloadStreams(const TaskRules& rules, TaskMaker& tasks)
    : rules_(rules.offload),
      ahead_(rules.schedule == Schedule::Dataflow),
      tasks_(tasks),
      bytes_(rules.offload.storage),
      transfers_(rules.platform, tasks, 1),
      computed_(rules.platform.devices.size(), {none, none}) {}

Pieces OffloadStreams::bring(const Turn& turn, const Part& part, DeviceIndex device, double kv_bytes) {
  std::vector<Pieces> brought;
  const TaskId room = ahead_ ? computed_[device].front() : none;
  const Pieces free = room == none ? Pieces() : Pieces{room};
  if (const double share = OffloadRules::share(rules_.weights, device); share > 0)
    if (const double bytes = share * bytes_.weights_read(part.event); bytes > 0)
      brought.push_back(transfers_.send_whole(rules_.weights[device].store, device, bytes, free, of_weights));
  const double share = OffloadRules::share(rules_.kv_cache, device);
  if (share > 0 && StoredBytes::keeps_rows(part.event)) {
    // Its new rows are made here.
    const double bytes = share * std::max(0.0, kv_bytes - bytes_.new_rows(part.event, part.kv_heads).made_B);
    const auto written = sent_back_.find({device, turn.placed.attention, turn.microbatch});
    if (bytes > 0) {
      const Pieces there = !ahead_ || written == sent_back_.end() ? free : tasks_.together({free, written->second});
      brought.push_back(transfers_.send_whole(rules_.kv_cache[device].store, device, bytes, there, of_cache));
    }
  }
  return brought.size() == 1 ? brought.front() : tasks_.together(brought);
}

void OffloadStreams::keep(const Turn& turn, const Part& part, DeviceIndex device, const Pieces& brought,
                          const Pieces& made) {
  if (!brought.empty()) computed_[device] = {computed_[device].back(), made.back()};
  const double share = OffloadRules::share(rules_.kv_cache, device);
  if (share <= 0 || !StoredBytes::keeps_rows(part.event)) return;
  const double bytes = share * bytes_.new_rows(part.event, part.kv_heads).kept_B;
  if (bytes <= 0) return;
  sent_back_[{device, turn.placed.attention, turn.microbatch}] =
      transfers_.send_whole(device, rules_.kv_cache[device].store, bytes, made, of_cache);
}

bool OffloadStreams::depends_on_size(const LayerEvent& part, DeviceIndex device) const {
  return (OffloadRules::share(rules_.weights, device) > 0 && StoredBytes::reads_by_rows(part)) ||
         (OffloadRules::share(rules_.kv_cache, device) > 0 && StoredBytes::keeps_rows(part));
}

/// A plan serves for steps that call the same: who was sent nothing in the latest step that was planned is sent nothing
/// in those either.
void OffloadStreams::describe(TaskId next_id, std::vector<std::int64_t>& state) {
  if (!ahead_) return;
  if (next_id != step_end_) step_begin_ = step_end_;
  step_end_ = next_id;
  for (DeviceIndex device = 0; device < computed_.size(); ++device) {
    if (computed_[device].back() < step_begin_) continue;
    state.push_back(static_cast<std::int64_t>(device));
    for (const TaskId id : computed_[device]) state.push_back(id == none ? none : next_id - id);
  }
  for (const auto& [part, sent] : sent_back_) {
    if (sent.back() < step_begin_) continue;
    const auto& [device, attention, microbatch] = part;
    state.insert(state.end(), {static_cast<std::int64_t>(device), attention, microbatch, next_id - sent.back()});
  }
}

}  // namespace upmem_des
