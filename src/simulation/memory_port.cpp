#include "simulation/memory_port.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace upmem_des {

namespace {

constexpr double never_s = std::numeric_limits<double>::infinity();

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

}  // namespace

MemoryPort::MemoryPort(DeviceIndex device, const Machine& machine, const FetchRules& rules, Activities& activities,
                       ActivePower& active, TaskDesk& desk, Crew& crew)
    : device_(device),
      name_(machine.device(device).spec->name + " memory"),
      host_(machine.device(device).arithmetic),
      rules_(rules),
      activities_(activities),
      active_(active),
      desk_(desk),
      crew_(crew),
      has_work_(crew),
      has_ended_(crew),
      buffer_(*machine.device(device).spec, rules) {}

void MemoryPort::start_task() {
  // A fetch that has just begun is not told apart from one that has not.
  if (fetch_ && !fetch_->is_cut && fetch_->part.task == buffer_.first() && now_s() > fetch_->start_s) {
    buffer_.fetched(fetch_->part);
    fetch_->is_own = true;
  }
  cut();
  buffer_.start();
  if (const MemoryWork weights = buffer_.take_rest(); weights.work.time_s > 0) submit(weights, 0);
}

void MemoryPort::start_step(bool is_last) {
  may_fetch_ = rules_.in_gaps || is_last;
  cut();
}

void MemoryPort::end_task() {
  may_fetch_ = true;
  buffer_.end();
}

/// What the present fetch has brought so far is all that it brings; only its own task lets it go on.
void MemoryPort::cut() {
  if (!fetch_ || fetch_->is_own || fetch_->is_cut) return;
  fetch_->is_cut = true;
  fetch_->part = buffer_.fetched(fetch_->part, now_s() - fetch_->start_s);
}

void MemoryPort::wake() {
  if (!served_) {
    served_ = true;
    crew_.start_actor(name_, host_, [this] { serve(); });
  } else if (!fetch_ || fetch_->is_cut) {
    has_work_.open();
  }
}

bool MemoryPort::wait_for_own() {
  while (has_own())
    if (!has_ended_.wait()) return false;
  return true;
}

void MemoryPort::serve() {
  while (!crew_.stopped()) {
    if (!jobs_.empty() && jobs_.front().earliest_s <= now_s()) {
      run_own();
      continue;
    }
    const bool is_free = jobs_.empty();
    const double limit_s = is_free ? never_s : jobs_.front().earliest_s;
    const std::optional<MemoryWork> next =
        (is_free ? may_fetch_ : rules_.in_gaps) ? buffer_.next() : std::optional<MemoryWork>();
    if (next) {
      fetch(*next, limit_s);
    } else if (!is_free) {
      activities_.expect_end(limit_s);
      if (has_work_.wait_until(limit_s)) continue;
      activities_.sleep_until(limit_s);
      jobs_.front().earliest_s = 0;
    } else if (closed_) {
      return;
    } else {
      has_work_.wait();
    }
  }
}

void MemoryPort::run_own() {
  const MemoryWork work = jobs_.front().work;
  jobs_.pop_front();
  is_at_own_ = true;
  tell(work, now_s());
  if (const Stretch stretch = memory_stretch(work.work); !stretch.empty())
    activities_.run(device_, PeakPower::Lane::Port, stretch, desk_.peaks());
  is_at_own_ = false;
  if (!has_own()) has_ended_.open();
}

void MemoryPort::fetch(const MemoryWork& part, double limit_s) {
  const double start_s = now_s();
  const double end_s = start_s + part.work.time_s;
  fetch_ = Fetch{part, start_s, false, false};
  TaskTimeline* const timeline = desk_.timeline();
  if (timeline != nullptr) timeline->tell_fetching(device_, start_s);
  activities_.expect_end(end_s);
  const Stretch stretch = memory_stretch(part.work);
  desk_.peaks().start_work(device_, PeakPower::Lane::Port, stretch, start_s);
  std::vector<simgrid::s4u::ActivityPtr> started;
  active_.begin();
  activities_.start(device_, stretch, started);
  // Others may have run while it was started.
  if (!fetch_->is_cut) has_work_.wait_until(std::min(end_s, limit_s));
  if (crew_.stopped()) return;
  if (!fetch_->is_cut && limit_s < end_s) {
    activities_.sleep_until(limit_s);
    cut();
    jobs_.front().earliest_s = 0;
  }
  for (const simgrid::s4u::ActivityPtr& activity : started) {
    if (fetch_->is_cut)
      activity->cancel();
    else
      activity->wait();
  }
  if (!fetch_->is_cut) activities_.sleep_until(end_s);
  // A task that starts at this very time may have cut it.
  if (!fetch_->is_cut && !fetch_->is_own) buffer_.fetched(part);
  desk_.peaks().end_work(device_, PeakPower::Lane::Port, now_s());
  const MemoryWork fetched = fetch_->part;
  const bool was_own = fetch_->is_own;
  fetch_.reset();
  tell(fetched, start_s);
  if (timeline != nullptr) timeline->tell_fetching(device_, never_s);
  if (was_own && !has_own()) has_ended_.open();
  active_.end();
}

void MemoryPort::tell(const MemoryWork& part, double start_s) {
  TaskTimeline* const timeline = desk_.timeline();
  if (timeline == nullptr || part.work.time_s <= 0) return;
  timeline->tell_port(desk_.task(part.task), desk_.step(part.task), start_s, part.work.time_s, part.work.energy_J,
                      part.bytes);
}

}  // namespace upmem_des
