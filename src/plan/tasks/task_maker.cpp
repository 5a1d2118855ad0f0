#include "plan/tasks/task_maker.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

void add_last(std::vector<TaskId>& after, const Pieces& pieces) {
  if (!pieces.empty()) after.push_back(pieces.back());
}

void add_piece(std::vector<TaskId>& after, const Pieces& pieces, std::size_t k) {
  if (!pieces.empty()) after.push_back(pieces[std::min(k, pieces.size() - 1)]);
}

Task& TaskMaker::add(Task::Kind kind, std::vector<TaskId> after) {
  if (barrier_ >= 0) after.push_back(barrier_);
  if (gate_ >= 0 && std::all_of(after.begin(), after.end(), [&](TaskId before) { return before < gate_; }))
    after.push_back(gate_);
  std::sort(after.begin(), after.end());
  after.erase(std::unique(after.begin(), after.end()), after.end());
  Task& task = tasks_->emplace_back();
  task.id = next_++;
  task.kind = kind;
  if (kind != Task::Kind::Join) ++work_;
  task.after = std::move(after);
  return task;
}

TaskId TaskMaker::compute(DeviceIndex device, SharedDemand demand, std::vector<TaskId> after, const char* purpose,
                          std::uint32_t slot) {
  Task& task = add(Task::Kind::Compute, std::move(after));
  task.device = device;
  task.demand = std::move(demand);
  task.purpose = purpose;
  task.slot = slot;
  return task.id;
}

void TaskMaker::set_memory(TaskId compute, double kv_cache_B, double activations_B) {
  Task& task = tasks_->at(tasks_->size() - static_cast<std::size_t>(next_ - compute));
  task.kv_cache_B = kv_cache_B;
  task.activations_B = activations_B;
}

TaskId TaskMaker::transfer(RouteIndex route, double bytes, std::vector<TaskId> after, const char* purpose,
                           double latency_s) {
  Task& task = add(Task::Kind::Transfer, std::move(after));
  task.route = route;
  task.bytes = bytes;
  task.purpose = purpose;
  task.latency_s = latency_s;
  return task.id;
}

TaskId TaskMaker::join(std::vector<TaskId> after) {
  return add(Task::Kind::Join, std::move(after)).id;
}

TaskId TaskMaker::prefill_end(std::vector<TaskId> after) {
  Task& task = add(Task::Kind::Join, std::move(after));
  task.ends_prefill = true;
  return task.id;
}

Pieces TaskMaker::together(const std::vector<Pieces>& parts) {
  std::vector<TaskId> after;
  for (const Pieces& pieces : parts) add_last(after, pieces);
  std::sort(after.begin(), after.end());
  after.erase(std::unique(after.begin(), after.end()), after.end());
  if (after.size() < 2) return after;
  return {join(std::move(after))};
}

void TaskMaker::end() {
  if (!sequential_ || tasks_->empty()) return;
  if (tasks_->size() == 1) {
    barrier_ = tasks_->front().id;
    return;
  }
  std::vector<TaskId> all;
  all.reserve(tasks_->size());
  for (const Task& task : *tasks_) all.push_back(task.id);
  barrier_ = join(std::move(all));
}

}  // namespace upmem_des
