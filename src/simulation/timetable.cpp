#include "simulation/timetable.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulation/step_waits.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

Timetable::Timetable(StepFeed& feed, const PlatformSpec& platform, const RouteFigureTable& routes, RunSums& sums,
                     PeakPower& peaks, Options options)
    : feed_(feed),
      platform_(platform),
      routes_(routes),
      sums_(sums),
      peaks_(peaks),
      options_(std::move(options)),
      watcher_(options_.watcher),
      fetching_(options_.fetching),
      domains_(platform),
      rates_(platform, domains_),
      devices_(platform.devices.size(), StreamQueue(options_.order)),
      work_(platform),
      looks_(platform.devices.size()),
      links_B_(platform.links.size()),
      moment_(options_.order) {
  latest_ = options_.compiled;
}

Timetable::Mark Timetable::advance(int steps) {
  while (true) {
    settle();
    if (std::exchange(prefill_ended_, false)) return Mark::PrefillEnd;
    drop_ended();
    if (steps_ended_ >= steps && now_s_ > window_s_) {
      steps_ended_ = 0;
      return Mark::Steps;
    }
    if (load()) continue;
    rates_.update([&](std::size_t flow, double rate_Bps) { set_rate(static_cast<std::uint32_t>(flow), rate_Bps); });
    if ((events_.empty() || !moment_.lasts_until(events_.top().time_s)) && choose()) continue;
    if (events_.empty()) {
      if (all_loaded_ && steps_.empty()) return Mark::End;
      throw SimulationError(steps_.empty() ? nothing_to_wait_for
                                           : deadlock_report(StepWaits(steps_, now_s_, platform_, routes_)));
    }
    const Event event = events_.top();
    events_.pop();
    if (is_stale(event)) continue;
    now_s_ = moment_.pass_to(event.time_s, now_s_, event.kind == Event::Kind::StepStarts);
    handle(event);
  }
}

/// Has the time been changed at which that was to happen?
bool Timetable::is_stale(const Event& event) const {
  if (event.kind == Event::Kind::AskAgain) return !pause_ || event.version != pauses_;
  if (event.kind == Event::Kind::Look) return event.version != looks_[event.flow];
  return event.kind == Event::Kind::FlowEnds &&
         (event.version != flows_[event.flow].version || !flows_[event.flow].is_under_way);
}

/// Loads a step where there is room for one.
bool Timetable::load() {
  if (all_loaded_ || !StepFeed::has_room(steps_.size(), loaded_tasks_)) return false;
  if (pause_ && now_s_ < pause_->until_s && pause_->told == steps_gone_) return false;
  pause_.reset();
  PlannedStep planned;
  const Answer answer = feed_.next({now_s_, steps_gone_}, planned);
  if (answer.kind == Answer::Kind::Wait) {
    pause_ = Pause{answer.until_s, steps_gone_};
    ++pauses_;
    if (std::isfinite(answer.until_s)) post(answer.until_s, Event::Kind::AskAgain, At(), 0, pauses_);
    return false;
  }
  if (answer.kind == Answer::Kind::End) {
    all_loaded_ = true;
    return false;
  }
  if (latest_ == nullptr || latest_->plan != planned.plan)
    latest_ = compile(planned.plan, platform_, sums_, options_.order, grain());
  std::vector<WatchedTask> watched;
  if (watcher_ != nullptr) watched = watcher_->plan(planned, now_s_);
  steps_.push_back(upmem_des::load(latest_, std::move(planned)));
  LoadedStep& loaded = *steps_.back();
  loaded.watched = std::move(watched);
  const std::vector<CompiledStep::Piece>& pieces = loaded.step->pieces;
  loaded_tasks_ += loaded.step->plan->size();
  wait_for_earlier(loaded);
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind != Task::Kind::Join) stream_of({&loaded, i}).add({&loaded, i});
    if (fetching_ != nullptr && pieces[i].kind == Task::Kind::Compute) fetching_->add({&loaded, i}, now_s_);
    if (loaded.pending[i] == 0) set_free({&loaded, i});
  }
  if (watcher_ == nullptr) loaded.add_up(sums_);
  if (fetching_ != nullptr)
    for (std::uint32_t device = 0; device < devices_.size(); ++device) look_later(device);
  return true;
}

LoadedStep* Timetable::find(TaskId id) {
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
    if ((*step)->first_id <= id) return step->get();
  return nullptr;
}

void Timetable::wait_for_earlier(LoadedStep& loaded) {
  for (const CompiledStep::OuterWait& wait : loaded.step->outer) {
    const TaskId id = loaded.first_id - wait.back;
    LoadedStep* const earlier = find(id);
    if (earlier == nullptr) {  // Steps that are gone have ended.
      --loaded.pending[wait.piece];
      continue;
    }
    // An id that was left out never does.
    const CompiledStep::TaskPlace place = earlier->step->place_of(id - earlier->first_id);
    if (place.piece == CompiledStep::none) continue;
    const CompiledStep::Piece& piece = earlier->piece(place.piece);
    if (earlier->has_ended(place, now_s_)) {
      --loaded.pending[wait.piece];
    } else if (piece.kind != Task::Kind::Compute || place.ordinal + 1 == piece.parts.size() ||
               earlier->start_s[place.piece] == LoadedStep::not_yet) {
      earlier->waiters[place.piece].push_back({place.ordinal, {&loaded, wait.piece}});
    } else {
      const double ends_s = earlier->start_s[place.piece] + earlier->ends_after_s(place.piece, place.ordinal);
      post(ends_s, Event::Kind::TaskEnds, {&loaded, wait.piece});
    }
  }
}

void Timetable::post(double time_s, Event::Kind kind, At at, std::uint32_t flow, std::uint32_t version) {
  events_.push({time_s, order_++, kind, at, flow, version});
}

void Timetable::handle(const Event& event) {
  switch (event.kind) {
    case Event::Kind::PieceEnds:
      end_work(event.at);
      break;
    case Event::Kind::TaskEnds:
      release(event.at);
      break;
    case Event::Kind::StepStarts:
      tell_step(event.at, 1);
      break;
    case Event::Kind::LatencyEnds:
      begin_flow(event.at);
      break;
    case Event::Kind::FlowEnds:
      end_flow(event.flow);
      break;
    case Event::Kind::Look:
      fetching_->look(event.flow, now_s_);
      look_later(event.flow);
      break;
    case Event::Kind::AskAgain:
      break;
  }
}

void Timetable::release(At at) {
  if (--at.step->pending[at.piece] == 0) set_free(at);
}

void Timetable::set_free(At at) {
  if (at.step->piece(at.piece).kind != Task::Kind::Join) stream_of(at).make_ready(at);
  released_.push_back(at);
}

/// Starts what can start now.
void Timetable::settle() {
  // The end of prefill is told before anything else happens at that time.
  while (!released_.empty() && !prefill_ended_) {
    const At at = released_.front();
    released_.pop_front();
    if (at.step->piece(at.piece).kind == Task::Kind::Join)
      end(at, 0);
    else
      offer(at);
  }
}

/// The piece's stream may take it, or another one.
void Timetable::offer(At at) {
  if (options_.order == QueueOrder::ById)
    try_stream(stream_of(at));
  else
    moment_.offer(stream_of(at), at.step->piece(at.piece).kind);
}

/// Has streams choose; false where none has to.
bool Timetable::choose() {
  const std::vector<StreamQueue*> choosing = moment_.choosing();
  for (StreamQueue* const stream : choosing) try_stream(*stream);
  return !choosing.empty();
}

StreamQueue& Timetable::stream_of(const At& at) {
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  if (piece.kind == Task::Kind::Compute) return devices_[piece.stream];
  return route_streams_.try_emplace(piece.stream, options_.order).first->second;
}

void Timetable::try_stream(StreamQueue& stream) {
  if (!stream.next()) return;
  const At at = stream.take();
  if (options_.on_take) options_.on_take(at);
  start(at);
}

void Timetable::start(At at) {
  at.step->start_s[at.piece] = now_s_;
  if (watcher_ != nullptr) watcher_->start(at.step->watched_of(at.piece), now_s_);
  if (at.step->piece(at.piece).kind == Task::Kind::Compute)
    start_work(at);
  else
    start_transfer(at);
}

void Timetable::start_work(At at) {
  if (fetching_ != nullptr) {
    start_beside_port(at);
    return;
  }
  LoadedStep& step = *at.step;
  const CompiledStep::Piece& piece = step.piece(at.piece);
  work_.start(at, now_s_);
  sums_.device_times().start_piece(piece.stream, step, at.piece, now_s_);
  peaks_.start_work(piece.stream, at, now_s_);
  const auto waiters = step.waiters.find(at.piece);
  const bool has_waiters = waiters != step.waiters.end();
  if (watcher_ != nullptr) {
    const Demand& demand = step.demand(piece.parts.front().slot);
    if (demand.size() > 0) tell_step(at, 0);
    if (demand.size() > 1) post(now_s_ + demand[0].time_s(), Event::Kind::StepStarts, at);
  }
  if (!piece.is_looked_into && !has_waiters) {
    post(now_s_ + step.lasts_s(at.piece), Event::Kind::PieceEnds, at);
    return;
  }
  double lasts_s = 0;
  auto inner = piece.inner.begin();
  for (std::uint32_t i = 0; i < piece.parts.size(); ++i) {
    const CompiledStep::Part& part = piece.parts[i];
    const double part_s = step.demand(part.slot).time_s();
    if (part.span != CompiledStep::none)
      step.time_span(part.span, now_s_ + lasts_s, now_s_ + (lasts_s + part_s), part_s);
    lasts_s += part_s;
    for (; inner != piece.inner.end() && inner->ordinal == i; ++inner)
      post(now_s_ + lasts_s, Event::Kind::TaskEnds, {at.step, inner->piece});
    if (!has_waiters || i + 1 == piece.parts.size()) continue;
    for (const LoadedStep::Waiter& waiter : waiters->second)
      if (waiter.ordinal == i) post(now_s_ + lasts_s, Event::Kind::TaskEnds, waiter.at);
  }
  post(now_s_ + lasts_s, Event::Kind::PieceEnds, at);
}

void Timetable::end_work(At at) {
  if (fetching_ != nullptr) {
    end_beside_port(at);
    return;
  }
  const std::uint32_t device = at.step->piece(at.piece).stream;
  work_.end(at);
  sums_.device_times().end_piece(device, now_s_);
  peaks_.end_work(device, PeakPower::Lane::Tasks, now_s_);
  end(at, watcher_ != nullptr ? at.step->lasts_s(at.piece) : 0);
}

void Timetable::start_transfer(At at) {
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  if (options_.ideal_links) {
    finish_transfer(at);
    return;
  }
  sums_.start_transfer(piece.stream, at.step->step->accounts[piece.account], now_s_);
  if (piece.latency_s > 0)
    post(now_s_ + piece.latency_s, Event::Kind::LatencyEnds, at);
  else
    begin_flow(at);
}

void Timetable::begin_flow(At at) {
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  if (free_flows_.empty()) {
    free_flows_.push_back(static_cast<std::uint32_t>(flows_.size()));
    flows_.emplace_back();
  }
  const std::uint32_t index = free_flows_.back();
  free_flows_.pop_back();
  Flow& flow = flows_[index];
  flow.at = at;
  flow.left_B = piece.bytes;
  flow.rate_Bps = 0;
  flow.since_s = now_s_;
  flow.told_B = 0;
  flow.is_under_way = true;
  rates_.add(piece.stream, index);
}

void Timetable::set_rate(std::uint32_t index, double rate_Bps) {
  Flow& flow = flows_[index];
  if (flow.rate_Bps == rate_Bps) return;
  const double moved_B = std::min(flow.left_B, flow.rate_Bps * (now_s_ - flow.since_s));
  if (watcher_ != nullptr) watcher_->moved(flow.at.step->watched_of(flow.at.piece), flow.since_s, now_s_, moved_B);
  flow.left_B -= moved_B;
  flow.since_s = now_s_;
  peaks_.set_rate(flow.at.step->piece(flow.at.piece).stream, flow.rate_Bps, rate_Bps, now_s_);
  flow.rate_Bps = rate_Bps;
  ++flow.version;
  post(now_s_ + flow.left_B / rate_Bps, Event::Kind::FlowEnds, flow.at, index, flow.version);
}

void Timetable::tell_bytes(Flow& flow, double moved_B) {
  const RouteIndex route = flow.at.step->piece(flow.at.piece).stream;
  for (const LinkIndex link : platform_.routes[route].links) links_B_[link] += moved_B - flow.told_B;
  flow.told_B = moved_B;
}

void Timetable::end_flow(std::uint32_t index) {
  Flow& flow = flows_[index];
  const At at = flow.at;
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  tell_bytes(flow, piece.bytes);
  if (watcher_ != nullptr) watcher_->moved(at.step->watched_of(at.piece), flow.since_s, now_s_, flow.left_B);
  flow.is_under_way = false;
  ++flow.version;
  free_flows_.push_back(index);
  rates_.remove(piece.stream, index);
  peaks_.set_rate(piece.stream, flow.rate_Bps, 0, now_s_);
  sums_.end_transfer(piece.stream, at.step->step->accounts[piece.account], now_s_);
  finish_transfer(at);
}

void Timetable::finish_transfer(At at) {
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  const double start_s = at.step->start_s[at.piece];
  if (piece.span != CompiledStep::none) at.step->time_span(piece.span, start_s, now_s_, now_s_ - start_s);
  end(at, now_s_ - start_s);
}

void Timetable::end(At at, double lasted_s) {
  LoadedStep& step = *at.step;
  const CompiledStep::Piece& piece = step.piece(at.piece);
  step.ended[at.piece] = true;
  if (watcher_ != nullptr) {
    const double start_s = piece.kind == Task::Kind::Join ? now_s_ : step.start_s[at.piece];
    watcher_->end(step.watched_of(at.piece), start_s, now_s_, lasted_s);
  }
  if (piece.ends_prefill) prefill_ended_ = true;
  for (const std::uint32_t next : piece.then) release({&step, next});
  if (const auto waiters = step.waiters.find(at.piece); waiters != step.waiters.end()) {
    for (const LoadedStep::Waiter& waiter : waiters->second)
      if (piece.kind != Task::Kind::Compute || waiter.ordinal + 1 == piece.parts.size()) release(waiter.at);
    step.waiters.erase(waiters);
  }
  if (piece.kind != Task::Kind::Join) {
    StreamQueue& stream = stream_of(at);
    stream.set_free();
    if (const std::optional<At> next = stream.next()) released_.push_back(*next);
  }
  if (--step.left > 0) return;
  ++steps_ended_;
  for (std::size_t i = 0; i < step.spans.size(); ++i)
    sums_.add_time(step.step->accounts[step.step->span_accounts[i]], step.spans[i].time_s());
}

void Timetable::drop_ended() {
  while (!steps_.empty() && steps_.front()->left == 0) {
    loaded_tasks_ -= steps_.front()->step->plan->size();
    steps_.pop_front();
    ++steps_gone_;
  }
}

Window Timetable::take_window() {
  Window window;
  window.start_s = std::exchange(window_s_, now_s_);
  window.end_s = now_s_;
  for (Flow& flow : flows_)
    if (flow.is_under_way) {
      const double all_B = flow.at.step->piece(flow.at.piece).bytes;
      tell_bytes(flow, std::min(all_B, all_B - (flow.left_B - flow.rate_Bps * (now_s_ - flow.since_s))));
    }
  window.links_B.assign(links_B_.size(), 0);
  window.links_B.swap(links_B_);
  for (DeviceIndex i = 0; i < devices_.size(); ++i) {
    Stretch done = fetching_ != nullptr ? fetching_->take(i, now_s_) : work_.take(i, now_s_);
    done.time_s = window.end_s - window.start_s;
    window.devices.push_back(spread(done));
  }
  return window;
}

}  // namespace upmem_des
