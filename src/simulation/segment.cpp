#include "simulation/segment.hpp"

#include <algorithm>

namespace upmem_des {

void Segment::add(TaskId id, const Demand& demand) {
  Stretch work = work_.empty() ? Stretch() : work_.back();
  const double before_s = end_s_;
  for (const Step& step : demand) append(work, stretch_of(step));
  end_s_ = start_s_ + work.time_s;
  tasks_.push_back({id, before_s, end_s_, demand.time_s()});
  work_.push_back(work);
}

Stretch Segment::spread() const {
  return upmem_des::spread(work_.back());
}

std::size_t Segment::ended_by(double now_s) const {
  const auto later = std::upper_bound(tasks_.begin(), tasks_.end(), now_s,
                                      [](double time_s, const EndedTask& task) { return time_s < task.end_s; });
  return static_cast<std::size_t>(later - tasks_.begin());
}

std::vector<EndedTask> Segment::take(std::size_t count) {
  if (count <= taken_) return {};
  std::vector<EndedTask> taken(tasks_.begin() + static_cast<std::ptrdiff_t>(taken_),
                               tasks_.begin() + static_cast<std::ptrdiff_t>(count));
  taken_ = count;
  return taken;
}

std::vector<EndedTask> Segment::take_ended(double now_s) {
  return take(ended_by(now_s));
}

std::vector<EndedTask> Segment::take_all() {
  return take(tasks_.size());
}

Stretch Segment::ended_work(double now_s) const {
  const std::size_t ended = ended_by(now_s);
  return ended == 0 ? Stretch() : work_[ended - 1];
}

EndedTask Segment::running(double now_s) const {
  return tasks_[ended_by(now_s)];
}

}  // namespace upmem_des
