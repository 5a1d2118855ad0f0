#include "simulation/port_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulation/stretch.hpp"

namespace upmem_des {

namespace {

constexpr double never_s = std::numeric_limits<double>::infinity();

double end_of(const PortSchedule::Use& use) {
  return use.start_s + use.part.work.time_s;
}

}  // namespace

PortSchedule::PortSchedule(const DeviceSpec& device, const FetchRules& rules, bool keeps_uses)
    : device_(device), rules_(rules), keeps_uses_(keeps_uses), buffer_(device, rules), gaps_{Gap()} {}

void PortSchedule::add(TaskId task, const Demand& demand, double now_s) {
  advance(now_s);
  buffer_.add(task, demand);
}

PortSchedule::Run PortSchedule::start(const Demand& demand, double now_s) {
  advance(now_s);
  const TaskId task = buffer_.first();
  double busy_s = 0;  // from now on, with the task's own work
  if (fetch_ && fetch_->part.task == task) {
    buffer_.fetched(fetch_->part);
    do_own(fetch_->start_s, fetch_->part);
    busy_s = std::max(0.0, end_of(*fetch_) - now_s);
    fetch_.reset();
  } else if (fetch_) {
    end_fetch(now_s);
  }
  gaps_.clear();
  buffer_.start();
  if (const MemoryWork weights = buffer_.take_rest(); weights.work.time_s > 0) {
    do_own(now_s + busy_s, weights);
    busy_s += weights.work.time_s;
  }
  Run run;
  double step_s = 0;
  for (const Step* step = demand.begin(); step != demand.end(); ++step) {
    const MemoryWork rest = rest_of(task, *step, step == demand.begin());
    const double ready_s = step_s + step->overhead_s;
    if (rest.work.time_s > 0) {
      const double start_s = std::max(busy_s, ready_s);
      if (rules_.in_gaps) add_gap(now_s + std::max(busy_s, step_s), now_s + start_s);
      do_own(now_s + start_s, rest);
      busy_s = start_s + rest.work.time_s;
    }
    run.lasts_s = std::max(ready_s + step->compute.time_s, busy_s);
    if (step + 1 == demand.end()) break;
    if (rules_.in_gaps) add_gap(now_s + std::max(busy_s, step_s), now_s + run.lasts_s);
    run.second_step_s = step_s = run.lasts_s;
  }
  gaps_.push_back({now_s + std::max(busy_s, step_s), never_s});
  return run;
}

void PortSchedule::end(double now_s) {
  advance(now_s);
  buffer_.end();
}

void PortSchedule::advance(double now_s) {
  while (!own_.empty() && end_of(own_.front()) <= now_s) {
    done_J_ += own_.front().part.work.energy_J;
    own_.pop_front();
  }
  while (true) {
    if (fetch_) {
      const double end_s = std::min(end_of(*fetch_), gaps_.front().to_s);
      if (end_s > now_s) return;
      end_fetch(end_s);
    }
    while (gaps_.front().to_s <= looked_at_s_) gaps_.pop_front();
    const std::optional<Use> next = next_fetch();
    if (!next || next->start_s >= now_s) break;
    fetch_ = next;
  }
  looked_at_s_ = std::max(looked_at_s_, now_s);
}

double PortSchedule::take_J(double now_s) {
  advance(now_s);
  double under_way_J = fetch_ ? drawn_J(*fetch_, now_s) : 0;
  if (!own_.empty()) under_way_J += drawn_J(own_.front(), now_s);
  const double taken_J = std::exchange(done_J_, 0) + under_way_J - told_J_;
  told_J_ = under_way_J;
  return taken_J;
}

double PortSchedule::known_to_s() const {
  if (fetch_) return fetch_->start_s;
  const std::optional<Use> next = next_fetch();
  return next ? next->start_s : never_s;
}

std::optional<PortSchedule::Use> PortSchedule::present(double now_s) const {
  if (fetch_) return fetch_;
  if (!own_.empty() && own_.front().start_s <= now_s) return own_.front();
  const std::optional<Use> next = next_fetch();
  return next && next->start_s <= now_s ? next : std::nullopt;
}

double PortSchedule::next_change_s(double now_s) const {
  double change_s = never_s;
  const auto count = [&](double time_s) {
    if (time_s > now_s) change_s = std::min(change_s, time_s);
  };
  if (!own_.empty()) {
    count(own_.front().start_s);
    count(end_of(own_.front()));
  }
  if (const std::optional<Use> next = fetch_ ? fetch_ : next_fetch()) {
    count(next->start_s);
    // It may be shorter than the clock can tell.
    count(std::max(std::min(end_of(*next), gap_after(next->start_s).to_s), std::nextafter(now_s, never_s)));
  }
  return change_s;
}

std::vector<PortSchedule::Use> PortSchedule::take_uses() {
  return std::exchange(uses_, {});
}

void PortSchedule::do_own(double start_s, const MemoryWork& work) {
  own_.push_back({start_s, work});
  if (keeps_uses_) uses_.push_back(own_.back());
}

void PortSchedule::add_gap(double from_s, double to_s) {
  if (from_s < to_s) gaps_.push_back({from_s, to_s});
}

/// The first gap that is not over by then.
const PortSchedule::Gap& PortSchedule::gap_after(double time_s) const {
  return *std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& gap) { return gap.to_s > time_s; });
}

std::optional<PortSchedule::Use> PortSchedule::next_fetch() const {
  const std::optional<MemoryWork> part = buffer_.next();
  if (!part) return std::nullopt;
  return Use{std::max(looked_at_s_, gap_after(looked_at_s_).from_s), *part};
}

/// The present fetch is at its end, or has to make way.
void PortSchedule::end_fetch(double now_s) {
  const Use fetch = *fetch_;
  fetch_.reset();
  const bool is_whole = end_of(fetch) <= now_s;
  MemoryWork done = fetch.part;
  if (is_whole)
    buffer_.fetched(fetch.part);
  else
    done = buffer_.fetched(fetch.part, now_s - fetch.start_s);
  looked_at_s_ = std::max(looked_at_s_, now_s);
  done_J_ += done.work.energy_J;
  if (keeps_uses_ && done.work.time_s > 0) uses_.push_back({fetch.start_s, done});
}

double PortSchedule::drawn_J(const Use& use, double now_s) const {
  const double elapsed_s = now_s - use.start_s;
  return elapsed_s > 0 ? drawn(device_, memory_stretch(use.part.work), elapsed_s).memory_J : 0;
}

}  // namespace upmem_des
