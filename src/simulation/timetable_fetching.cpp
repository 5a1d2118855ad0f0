// A timetable of devices that fetch weights ahead: how long a task lasts depends on what has come.
#include <cmath>

#include "simulation/timetable.hpp"

namespace upmem_des {

Grain Timetable::grain() const {
  if (watcher_ != nullptr) return Grain::Watched;
  return fetching_ != nullptr ? Grain::Tasks : Grain::Segments;
}

void Timetable::tell_step(At at, std::size_t n) {
  const WatchedTask& watched = at.step->watched_of(at.piece);
  if (fetching_ != nullptr)
    watcher_->start_arithmetic(watched, n, now_s_);
  else
    watcher_->start_step(watched, n, now_s_);
}

void Timetable::start_beside_port(At at) {
  LoadedStep& step = *at.step;
  const CompiledStep::Part& part = step.piece(at.piece).parts.front();
  const PortSchedule::Run run = fetching_->start(at, now_s_);
  if (part.span != CompiledStep::none) step.time_span(part.span, now_s_, now_s_ + run.lasts_s, run.lasts_s);
  if (watcher_ != nullptr) {
    const std::size_t steps = step.demand(part.slot).size();
    if (steps > 0) tell_step(at, 0);
    if (steps > 1) post(now_s_ + run.second_step_s, Event::Kind::StepStarts, at);
  }
  const std::uint32_t device = step.piece(at.piece).stream;
  sums_.device_times().start_task(device, step.demand(part.slot), run.second_step_s, now_s_);
  look_later(device);
  post(now_s_ + run.lasts_s, Event::Kind::PieceEnds, at);
}

void Timetable::end_beside_port(At at) {
  const std::uint32_t device = at.step->piece(at.piece).stream;
  const double lasted_s = fetching_->end(at, now_s_);
  sums_.device_times().end_task(device, lasted_s, now_s_);
  look_later(device);
  end(at, lasted_s);
}

void Timetable::look_later(std::uint32_t device) {
  const double time_s = fetching_->look_at_s(device, now_s_);
  ++looks_[device];
  if (std::isfinite(time_s)) post(time_s, Event::Kind::Look, {}, device, looks_[device]);
}

}  // namespace upmem_des
