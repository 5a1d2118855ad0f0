#include "service/serving_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "platform/idle_power.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

}  // namespace

ServingLoop::ServingLoop(RequestSource& requests, std::vector<std::unique_ptr<Engine>>& engines,
                         std::vector<std::unique_ptr<Instance>>& instances, Router& router, ServingTally& tally,
                         MachineWindows& windows, const PlatformSpec& machine, const Options& options)
    : requests_(requests),
      engines_(engines),
      instances_(instances),
      router_(router),
      tally_(tally),
      windows_(windows),
      machine_(machine),
      idle_W_(idle_W(machine)),
      options_(options) {
  signal();
}

double ServingLoop::next_event_s() {
  double next_s = requests_.next_arrival_s().value_or(never);
  for (const auto& instance : instances_) next_s = std::min(next_s, instance->next_s());
  if (options_.handover != nullptr) next_s = std::min(next_s, options_.handover->next_s());
  if (options_.tiers != nullptr) next_s = std::min(next_s, options_.tiers->next_s());
  return next_s;
}

/// What engines have now.
void ServingLoop::signal() {
  Signal now;
  now.since_s = now_s_;
  for (const auto& engine : engines_) now.loads.push_back(engine->load());
  signals_.push_back(std::move(now));
}

const std::vector<EngineLoad>& ServingLoop::known_loads() {
  if (options_.signal_delay_s == 0) {
    signals_.clear();
    signal();
  }
  while (signals_.size() > 1 && signals_[1].since_s <= now_s_ - options_.signal_delay_s) signals_.pop_front();
  return signals_.front().loads;
}

void ServingLoop::arrive(Request request) {
  std::int64_t waiting = 0;
  for (const auto& engine : engines_) waiting += engine->scheduler().waiting_count();
  tally_.arrived(request, waiting);
  const auto refuse = [&](std::int64_t id, const std::string& why) {
    tally_.refused(request, why);
    // Whoever asked goes on to what comes next.
    requests_.finished(id, now_s_);
  };
  if (options_.handover != nullptr) {
    if (const std::string why = options_.handover->arrive(request, known_loads(), now_s_); !why.empty())
      refuse(request.id, why);
    return;
  }
  const std::size_t chosen = router_.choose(
      request, known_loads(), [&](std::size_t i) { return engines_[i]->cached_tokens(request); }, now_s_);
  Engine& engine = *engines_[chosen];
  if (const std::string why = engine.refusal(request); !why.empty()) return refuse(request.id, why);
  engine.add(std::move(request), now_s_);
}

/// All that happens now.
void ServingLoop::happen() {
  for (const auto& instance : instances_)
    instance->end_steps(now_s_, [&](std::int64_t id) { requests_.finished(id, now_s_); });
  if (options_.course != nullptr) options_.course->pass(now_s_);
  Handover* const handover = options_.handover;
  if (handover != nullptr) handover->after_ends(now_s_);
  if (options_.tiers != nullptr) options_.tiers->after_ends(now_s_);
  while (requests_.next_arrival_s().value_or(never) <= now_s_) arrive(requests_.take());
  std::int64_t blocks = 0;
  std::size_t engine = 0;
  for (const auto& instance : instances_) {
    instance->plan(now_s_);
    for (const Engine* rank : instance->ranks()) {
      if (handover != nullptr) handover->after_plan(engine, now_s_);
      if (options_.tiers != nullptr) options_.tiers->after_plan(engine, now_s_);
      blocks += rank->scheduler().blocks_used();
      if (options_.course != nullptr)
        options_.course->state(engine, now_s_, rank->scheduler().running_count(), rank->scheduler().waiting_count(),
                               rank->scheduler().blocks_used());
      ++engine;
    }
  }
  peak_blocks_ = std::max(peak_blocks_, blocks);
  if (options_.signal_delay_s > 0) signal();
}

void ServingLoop::fail_waiting() const {
  std::int64_t waiting = 0, running = 0;
  for (const auto& engine : engines_) {
    waiting += engine->scheduler().waiting_count();
    running += engine->scheduler().running_count();
  }
  throw SimulationError("requests wait for what never happens: " + std::to_string(waiting) + " wait and " +
                        std::to_string(running) + " have seats, but no step is planned and none will arrive");
}

Window ServingLoop::close_window(double end_s) {
  for (const auto& instance : instances_) instance->draw(end_s);
  if (options_.handover != nullptr) options_.handover->draw(end_s);
  if (options_.tiers != nullptr) options_.tiers->draw(end_s);
  Window window = windows_.take(end_s);
  if (!options_.observers.empty()) {
    ServingSample sample;
    sample.end_s = end_s;
    for (const auto& engine : engines_) {
      sample.running += engine->scheduler().running_count();
      sample.waiting += engine->scheduler().waiting_count();
      sample.kv_blocks += engine->scheduler().blocks_used();
      const Engine::Tokens tokens = engine->take_tokens();
      sample.prompt_tokens += tokens.prompt;
      sample.output_tokens += tokens.output;
    }
    const double span_s = window.end_s - window.start_s;
    StepCost all;
    all.devices = window.devices;
    all.links_B = window.links_B;
    sample.power_W = idle_W_ + (span_s > 0 ? dynamic_J(machine_, all) / span_s : 0);
    for (ServingObserver* observer : options_.observers) observer->on_sample(sample);
  }
  return window;
}

/// One sample ahead. Where nobody looks, and where nothing is under way, as many as there are before the next event:
/// the number of windows is bounded by what happens and not by how long it takes.
double ServingLoop::window_end_s() const {
  // Tokens of an event at the window's start are of its first sample.
  const bool is_idle =
      now_s_ < windows_.start_s() &&
      std::all_of(instances_.begin(), instances_.end(), [](const auto& instance) { return instance->is_idle(); }) &&
      (options_.handover == nullptr || options_.handover->moving() == 0) &&
      (options_.tiers == nullptr || options_.tiers->is_idle());
  double samples = 1;
  if (is_idle || options_.observers.empty())
    samples = std::max(1.0, std::ceil((event_s_ - windows_.start_s()) / options_.sample_s) - 1);
  const double end_s = std::min(windows_.start_s() + samples * options_.sample_s, event_s_);
  // So late that a sample is less than the clock tells apart.
  return end_s > windows_.start_s() ? end_s : event_s_;
}

bool ServingLoop::next(Window& window) {
  while (!has_ended_) {
    if (event_s_ < 0) event_s_ = next_event_s();
    if (std::isfinite(event_s_) && event_s_ > windows_.start_s() + options_.sample_s) {
      window = close_window(window_end_s());
      return true;
    }
    if (!std::isfinite(event_s_)) {
      if (std::any_of(engines_.begin(), engines_.end(), [](const auto& engine) { return engine->requests() > 0; })) {
        // What waits for further requests need wait no longer.
        if (std::exchange(is_closed_, true)) fail_waiting();
        for (const auto& engine : engines_) engine->close();
        event_s_ = now_s_;
        continue;
      }
      has_ended_ = true;
      if (now_s_ <= windows_.start_s()) return false;
      window = close_window(now_s_);
      return true;
    }
    now_s_ = std::max(now_s_, event_s_);
    event_s_ = -1;
    happen();
  }
  return false;
}

}  // namespace upmem_des
