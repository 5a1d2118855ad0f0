#include "simulation/weight_buffer.hpp"

#include <algorithm>
#include <cmath>

#include "simulation/exactness.hpp"
#include "simulation/stretch.hpp"

namespace upmem_des {

namespace {

// Of the buffer: what sums of many weights miss by rounding is neither fetched nor lacking.
constexpr double rounding = 1e-12;

MemoryWork part_of(const MemoryWork& all, double share) {
  return {all.task, {all.work.time_s * share, all.work.energy_J * share}, all.bytes * share};
}

double weight_share(const Step& step) {
  return step.memory_bytes > 0 ? step.weight_bytes / step.memory_bytes : 0;
}

}  // namespace

MemoryWork weights_of(TaskId task, const Step& step) {
  return part_of({task, step.memory, step.memory_bytes}, weight_share(step));
}

MemoryWork rest_of(TaskId task, const Step& step, bool is_first) {
  MemoryWork rest = part_of({task, step.memory, step.memory_bytes}, is_first ? 1 - weight_share(step) : 1);
  rest.work.time_s += step.kv.time_s;
  rest.work.energy_J += step.kv.energy_J;
  rest.bytes += step.kv_bytes;
  return rest;
}

void WeightBuffer::add(TaskId task, const Demand& demand) {
  line_.push_back({task, demand.size() > 0 ? weights_of(task, demand[0]) : MemoryWork{task, {}, 0}, 0});
  skip_whole();
}

void WeightBuffer::end() {
  held_B_ -= line_.front().held_B;
  line_.pop_front();
  is_running_ = false;
  if (next_ > 0) --next_;
  if (next_ == 0) held_B_ = line_.empty() ? 0 : line_.front().held_B;
}

std::optional<MemoryWork> WeightBuffer::next() const {
  if (next_ == line_.size() || next_ - (is_running_ ? 1 : 0) >= rules_.tasks) return std::nullopt;
  const MemoryWork& left = line_[next_].left;
  double share = 1;
  if (std::isfinite(rules_.buffer_B)) {
    const double free_B = rules_.buffer_B - held_B_;
    if (left.bytes > 0 && free_B <= rules_.buffer_B * rounding) return std::nullopt;
    if (left.bytes > free_B * (1 + rounding)) share = free_B / left.bytes;
  }
  MemoryWork part = part_of(left, share);
  // SimGrid's communications have a largest size.
  const std::int64_t parts = communications_of(memory_bytes_of(device_, memory_stretch(part.work)));
  return parts > 1 ? part_of(part, 1 / static_cast<double>(parts)) : part;
}

void WeightBuffer::fetched(const MemoryWork& part) {
  take(part);
}

MemoryWork WeightBuffer::fetched(const MemoryWork& part, double elapsed_s) {
  if (elapsed_s <= 0) return {part.task, {}, 0};
  if (elapsed_s >= part.work.time_s) {
    take(part);
    return part;
  }
  MemoryWork done = part_of(part, elapsed_s / part.work.time_s);
  done.work = {elapsed_s, drawn(device_, memory_stretch(part.work), elapsed_s).memory_J};
  take(done);
  return done;
}

MemoryWork WeightBuffer::take_rest() {
  if (next_ > 0) return {first(), {}, 0};
  const MemoryWork rest = line_.front().left;
  take(rest);
  return rest;
}

void WeightBuffer::take(const MemoryWork& part) {
  Place& place = line_[next_];
  place.held_B += part.bytes;
  held_B_ += part.bytes;
  MemoryWork& left = place.left;
  const bool is_all = part.work.time_s >= left.work.time_s * (1 - rounding);
  left = is_all ? MemoryWork{place.task, {}, 0}
                : MemoryWork{place.task,
                             {left.work.time_s - part.work.time_s, left.work.energy_J - part.work.energy_J},
                             left.bytes - part.bytes};
  // What is left of little may ask for too much power by rounding.
  if (device_.memory.power_W > 0)
    left.work.energy_J = std::min(left.work.energy_J, device_.memory.power_W * left.work.time_s);
  skip_whole();
}

void WeightBuffer::skip_whole() {
  while (next_ < line_.size() && line_[next_].left.work.time_s <= 0) ++next_;
}

}  // namespace upmem_des
