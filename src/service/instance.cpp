#include "service/instance.hpp"

#include <utility>

namespace upmem_des {

Instance::Instance(std::size_t index, std::vector<Engine*> ranks, StepCosts& costs, MachineWindows& windows,
                   const Options& options)
    : index_(index),
      ranks_(std::move(ranks)),
      costs_(costs),
      windows_(windows),
      options_(options),
      shares_(ranks_.size()) {}

double Instance::next_s() const {
  double next_s = flight_.empty() ? std::numeric_limits<double>::infinity() : flight_.front().end_s;
  for (const Engine* rank : ranks_) next_s = std::min(next_s, rank->wake_s());
  return next_s;
}

double Instance::results() const {
  double results = 0;
  for (const Engine* rank : ranks_) results += rank->results();
  return results;
}

Instance::Flight Instance::take_first() {
  Flight flight = std::move(flight_.front());
  flight_.pop_front();
  windows_.add(index_, flight.cost, 1 - flight.drawn);
  return flight;
}

ServingStep Instance::step_of(const Flight& flight, const RankPass& part) {
  ServingStep step;
  step.start_s = flight.start_s;
  step.end_s = flight.end_s;
  step.tokens = part.pass.tokens;
  step.prompt_tokens = part.prompt_tokens;
  step.requests = static_cast<std::int64_t>(part.pass.scheduled.size());
  step.drafts = part.drafts;
  step.accepted = part.accepted;
  step.draft_s = flight.draft.time_s();
  step.devices_s = flight.cost.time_s;
  const double share = static_cast<double>(part.pass.tokens) / static_cast<double>(flight.tokens);
  step.energy_J = flight.cost.dynamic_J * share;
  step.most_W = flight.cost.most_W * share;
  return step;
}

/// Among `shares_`: weights and launches in proportion to tokens, reading of caches in proportion to the rows that are
/// read. What ranks without work draw is that of those who have some. Gives the share of prompts: of
/// what the step draws, or of its tokens where it draws nothing.
double Instance::share(double dynamic_J, double cache_J) {
  double rows = 0, tokens = 0, prompt_rows = 0, prompt_tokens = 0;
  for (const std::vector<EnergyShare>& of_rank : shares_)
    for (const EnergyShare& each : of_rank) {
      rows += each.rows;
      tokens += each.tokens;
      if (!each.is_prompt) continue;
      prompt_rows += each.rows;
      prompt_tokens += each.tokens;
    }
  const double row_J = rows > 0 ? cache_J / rows : 0;
  const double token_J = (dynamic_J - cache_J) / tokens;
  for (std::size_t i = 0; i < ranks_.size(); ++i)
    for (const EnergyShare& each : shares_[i]) ranks_[i]->draw(each, row_J, token_J);
  const double all_J = row_J * rows + token_J * tokens;
  return all_J > 0 ? (row_J * prompt_rows + token_J * prompt_tokens) / all_J : prompt_tokens / tokens;
}

void Instance::share_energy(Flight& flight) {
  double results = 0;
  flight.tokens = 0;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    RankPass& part = flight.parts[i];
    shares_[i].clear();
    part.prompt_tokens = ranks_[i]->list_shares(part.pass, shares_[i]);
    flight.tokens += part.pass.tokens;
    part.drafts = part.accepted = 0;
    for (const ScheduledRequest& each : part.pass.scheduled) {
      results += 1.0 + each.drafts;
      part.drafts += each.drafts;
      part.accepted += each.accepted;
    }
  }
  const double of_prompts = share(flight.cost.dynamic_J + options_.result_J * results, flight.cost.cache_J);
  ranks_.front()->timed(flight.cost.time_s, flight.cost.time_s * of_prompts);
}

/// The first pass is shared as the step is.
void Instance::share_draft_energy(const Flight& flight) {
  share(flight.draft.first.dynamic_J, flight.draft.first.cache_J);
  std::vector<EnergyShare>& later = shares_.front();
  later.clear();
  const auto passes = static_cast<double>(options_.drafter->later_passes());
  for (const ScheduledRequest& each : flight.parts.front().pass.scheduled)
    if (each.samples && passes > 0) later.push_back({each.slot, false, options_.drafter->later_rows(each), passes});
  if (!later.empty()) share(flight.draft.later.dynamic_J, flight.draft.later.cache_J);
}

/// What follows the step is the end of it.
void Instance::draft(Flight& flight) {
  options_.drafter->cost(flight.parts.front().pass, flight.draft);
  share_draft_energy(flight);
  ranks_.front()->timed(flight.draft.time_s(), 0);
  append(flight.cost, flight.draft.first);
  append(flight.cost, flight.draft.later);
  draft_s_ += flight.draft.time_s();
  draft_J_ += flight.draft.dynamic_J();
}

/// How long after the step before one of these stages may start: each stage takes one step at a time. All of the step
/// where it is one stage.
double Instance::starts_after_s(const StepCost& before, const StepCost& cost) {
  if (before.stages.size() < 2 || before.stages.size() != cost.stages.size()) return before.time_s;
  double after_s = 0;
  for (std::size_t i = 0; i < cost.stages.size(); ++i)
    after_s = std::max(after_s, before.stages[i].last_s - cost.stages[i].first_s);
  return after_s;
}

void Instance::find_cost(Flight& flight) {
  std::vector<Slice> slices;
  std::vector<std::size_t> part_ends;
  SequenceId sequence = 0;
  for (const RankPass& part : flight.parts) {
    const Pass& pass = part.pass;
    slices.reserve(slices.size() + pass.scheduled.size() + pass.padding.size());
    for (const ScheduledRequest& each : pass.scheduled)
      slices.push_back({sequence++, 1, each.tokens, each.context, 1 + each.drafts});
    for (const PaddedTokens& each : pass.padding) slices.push_back({sequence++, 1, each.tokens, each.context});
    if (pass.empty()) slices.push_back({sequence++, 1, 1, 1});
    if (ranks_.size() > 1) part_ends.push_back(slices.size());
  }
  costs_.cost(std::move(slices), flight.cost, std::move(part_ends));
}

void Instance::fly(Flight flight, double now_s) {
  find_cost(flight);
  share_energy(flight);
  if (options_.drafter != nullptr) draft(flight);
  std::size_t sequences = 0;
  for (const RankPass& part : flight.parts) sequences = std::max(sequences, part.pass.scheduled.size());
  const double host_s = options_.host.step_s + static_cast<double>(sequences) * options_.host.sequence_s;
  const bool ahead = ranks_.front()->scheduler().steps_in_flight() > 1;
  flight.start_s = now_s;
  const double takes_s = flight.cost.time_s + flight.draft.host_s;
  const double lasts_s = ahead ? std::max(host_s, takes_s) : host_s + takes_s;
  if (!flight_.empty()) {
    const Flight& before = flight_.back();
    flight.start_s = options_.pipelines
                         ? std::max(now_s, before.start_s + std::max(host_s, starts_after_s(before.cost, flight.cost)))
                         : before.end_s;
  }
  flight.end_s = flight.start_s + lasts_s;
  if (!flight_.empty()) flight.end_s = std::max(flight.end_s, flight_.back().end_s);
  flight.drawn = 0;
  for (std::size_t i = 0; i < ranks_.size(); ++i)
    if (const RankPass& part = flight.parts[i]; !part.pass.empty()) {
      ranks_[i]->planned(step_of(flight, part));
      ranks_[i]->begin(part.pass, now_s, flight.start_s, flight.end_s);
    }
  flight_.push_back(std::move(flight));
}

void Instance::plan(double now_s) {
  for (Engine* rank : ranks_) rank->sleep();
  Engine& first = *ranks_.front();
  if (held_ && !first.holds_step()) {
    Flight flight = std::move(*held_);
    held_.reset();
    fly(std::move(flight), now_s);
  }
  while (!held_ && static_cast<int>(flight_.size()) < first.scheduler().steps_in_flight()) {
    Flight flight;
    if (!spare_.empty()) {
      flight = std::move(spare_.back());
      spare_.pop_back();
    }
    flight.parts.resize(ranks_.size());
    bool has_work = false;
    for (std::size_t i = 0; i < ranks_.size(); ++i)
      has_work = ranks_[i]->schedule(now_s, flight.parts[i].pass) || has_work;
    if (!has_work) {
      spare_.push_back(std::move(flight));
      break;
    }
    if (first.displaces()) {
      first.hold_step();
      held_ = std::move(flight);
      break;
    }
    fly(std::move(flight), now_s);
  }
  for (Engine* rank : ranks_) rank->count(now_s);
}

void Instance::draw(double to_s) {
  for (Flight& flight : flight_) {
    if (flight.start_s >= to_s) break;
    const double lasts_s = flight.end_s - flight.start_s;
    const double share = lasts_s > 0 ? std::min(1.0, (to_s - flight.start_s) / lasts_s) : 1;
    windows_.add(index_, flight.cost, share - flight.drawn);
    flight.drawn = share;
  }
}

}  // namespace upmem_des
