#include "simulation/decided_order.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

std::int64_t works_of(const StepPlan& plan) {
  std::int64_t works = 0;
  for (const EventTasks& event : plan.events)
    works += std::count_if(event.tasks.begin(), event.tasks.end(),
                           [](const Task& task) { return task.kind != Task::Kind::Join; });
  return works;
}

}  // namespace

DecidedOrder::DecidedOrder(StepFeed& feed, const PlatformSpec& platform, const RouteFigureTable& routes,
                           bool ideal_links)
    : feed_(feed),
      reader_(*this),
      sums_(platform, routes, ideal_links),
      peaks_(platform, routes),
      timetable_(reader_, platform, routes, sums_, peaks_,
                 {ideal_links, QueueOrder::ReadyById, nullptr, [this](const LoadedStep::At& at) { note(at); }}) {}

Answer DecidedOrder::Reader::next(const Progress& progress, PlannedStep& step) {
  const Answer answer = to_.feed_.next(progress, step);
  if (answer.kind == Answer::Kind::Step) to_.ahead_.push_back({step, progress.now_s, works_of(*step.plan)});
  if (answer.kind == Answer::Kind::End) to_.end_s_ = progress.now_s;
  return answer;
}

void DecidedOrder::note(const LoadedStep::At& at) {
  const TaskId id = at.id();
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  decided_[{piece.kind, piece.stream}].push_back(id);
  const auto step =
      std::find_if(ahead_.rbegin(), ahead_.rend(), [&](const Ahead& ahead) { return ahead.step.first_id <= id; });
  --step->undecided;
}

Answer DecidedOrder::next(const Progress& progress, PlannedStep& step) {
  while (!has_ended_ && (ahead_.empty() || ahead_.front().undecided > 0))
    has_ended_ = timetable_.advance(1) == Timetable::Mark::End;
  // The reader's clock may be a digit behind.
  const double due_s = ahead_.empty() ? end_s_ : ahead_.front().given_s;
  if (progress.now_s < due_s * (1 - Moment::width)) return Answer::wait_until(due_s);
  if (ahead_.empty()) return Answer::end();
  step = std::move(ahead_.front().step);
  ahead_.pop_front();
  next_id_ = step.first_id + step.plan->next_id - step.plan->first_id;
  return Answer::step();
}

std::vector<TaskId> DecidedOrder::take_decided() {
  std::vector<TaskId> taken;
  for (auto& [stream, ids] : decided_)
    for (; !ids.empty() && ids.front() < next_id_; ids.pop_front()) taken.push_back(ids.front());
  return taken;
}

}  // namespace upmem_des
