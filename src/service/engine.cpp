#include "service/engine.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace upmem_des {

Engine::Engine(std::size_t index, std::unique_ptr<Scheduler> scheduler, StepCosts& costs, const HostTime& host,
               double result_J, ServingTally& tally, MachineWindows& windows, bool pipelines)
    : index_(index),
      scheduler_(std::move(scheduler)),
      costs_(costs),
      host_(host),
      result_J_(result_J),
      tally_(tally),
      windows_(windows),
      pipelines_(pipelines) {}

namespace {

ServedRequest served_request(const Request& request, std::size_t instance) {
  ServedRequest served;
  served.record.id = request.id;
  served.record.session = request.session;
  served.record.instance = instance;
  served.record.arrival_s = request.arrival_s;
  served.record.scheduled_s = -1;
  served.record.prompt_tokens = request.prompt_tokens;
  served.record.output_tokens = request.output_tokens;
  return served;
}

}  // namespace

ServedRequest& Engine::keep(std::uint32_t slot, ServedRequest served, double now_s) {
  ++added_;
  if (slot >= served_.size()) served_.resize(slot + std::size_t{1});
  served_[slot] = std::move(served);
  count(now_s);
  return served_[slot];
}

void Engine::add(Request request, double now_s) {
  ServedRequest served = served_request(request, index_);
  outstanding_tokens_ += request.prompt_tokens + request.output_tokens;
  keep(scheduler_->add(std::move(request)), std::move(served), now_s);
}

std::uint32_t Engine::add_leaving(Request request, double now_s) {
  ServedRequest served = served_request(request, index_);
  served.leaves = true;
  request.output_tokens = 1;
  // Of its outputs no text is known here but the first one's.
  std::int64_t left = request.prompt_tokens + 1;
  for (Content& content : request.content) {
    content.tokens = std::min(content.tokens, left);
    left -= content.tokens;
  }
  outstanding_tokens_ += request.prompt_tokens + 1;
  const std::uint32_t slot = scheduler_->add_keeping(std::move(request));
  keep(slot, std::move(served), now_s);
  return slot;
}

std::uint32_t Engine::add_coming(Request request, ServedRequest so_far, std::int64_t outputs, double now_s) {
  outstanding_tokens_ += request.prompt_tokens + request.output_tokens;
  const std::uint32_t slot = scheduler_->add_remote(std::move(request), outputs);
  ServedRequest& served = keep(slot, std::move(so_far), now_s);
  served.leaves = false;
  served.record.decode_instance = index_;
  return slot;
}

void Engine::release_kept(std::uint32_t slot, double now_s) {
  scheduler_->release_kept(slot);
  count(now_s);
}

void Engine::fetched(std::uint32_t slot, double now_s, double transfer_s) {
  served_[slot].record.transfer_s = transfer_s;
  scheduler_->fetched(slot);
  count(now_s);
}

void Engine::fetched_from_tier(std::uint32_t slot, double now_s, double took_s) {
  RequestRecord& record = served_[slot].record;
  record.fetch_s = record.fetch_s.value_or(0) + took_s;
  scheduler_->fetched(slot);
  count(now_s);
}

void Engine::stored(const std::vector<BlockStore>& blocks, double now_s) {
  scheduler_->stored(blocks);
  count(now_s);
}

void Engine::charge(const std::vector<BlockStore>& stores) {
  for (const BlockStore& store : stores) tally_.drawn(served_[store.slot], store_J_, store.of_prompt);
}

void Engine::go_on(double now_s) {
  Flight flight = std::move(*held_);
  held_.reset();
  fly(std::move(flight), now_s);
}

void Engine::give_token(std::uint32_t slot, double now_s) {
  tally_.token(served_[slot], now_s);
  --outstanding_tokens_;
  ++tokens_.output;
}

ServedRequest Engine::so_far(std::uint32_t slot) const {
  ServedRequest served = served_[slot];
  const LiveRequest& request = scheduler_->request(slot);
  served.hit_tokens_before = request.hit_tokens;
  served.preemptions_before = request.preemptions;
  return served;
}

double Engine::next_s() const {
  return flight_.empty() ? wake_s_ : std::min(flight_.front().end_s, wake_s_);
}

void Engine::count(double now_s) {
  block_seconds_ += static_cast<double>(blocks_) * (now_s - counted_s_);
  request_seconds_ += static_cast<double>(requests_) * (now_s - counted_s_);
  counted_s_ = now_s;
  requests_ = requests();
  blocks_ = scheduler_->blocks_used();
  peak_blocks_ = std::max(peak_blocks_, blocks_);
}

double Engine::block_seconds(double now_s) const {
  return block_seconds_ + static_cast<double>(blocks_) * (now_s - counted_s_);
}

void Engine::end_step() {
  Flight flight = std::move(flight_.front());
  flight_.pop_front();
  const double now_s = flight.end_s;
  scheduler_->end_step(flight.pass, ended_);
  charge(ended_.full);
  full_.insert(full_.end(), flight.pass.full.begin(), flight.pass.full.end());
  full_.insert(full_.end(), ended_.full.begin(), ended_.full.end());
  for (const std::uint32_t slot : ended_.sampled) {
    --outstanding_tokens_;
    if (served_[slot].leaves) continue;
    tally_.token(served_[slot], now_s);
    ++tokens_.output;
  }
  tokens_.prompt += flight.prompt_tokens;
  for (const std::uint32_t slot : ended_.finished) {
    const LiveRequest& request = scheduler_->request(slot);
    outstanding_tokens_ -= request.request.prompt_tokens;
    ServedRequest& served = served_[slot];
    served.record.tier_hit_tokens = request.tier_hit_tokens;
    if (served.leaves)
      left_.push_back(slot);
    else if (served.record.decode_instance)
      // What was found here did not have to be sent; it was not computed anyway.
      tally_.finished(served_[slot], served.hit_tokens_before, served.preemptions_before + request.preemptions);
    else
      tally_.finished(served_[slot], request.hit_tokens, request.preemptions);
  }
  busy_s_ += now_s - flight.start_s;
  count(now_s);
  windows_.add(index_, flight.cost, 1 - flight.drawn);
  tally_.step({index_, flight.start_s, now_s, flight.pass.tokens, flight.prompt_tokens,
               static_cast<std::int64_t>(flight.pass.scheduled.size()), scheduler_->running_count(),
               scheduler_->waiting_count(), scheduler_->blocks_used(), flight.drafts, flight.accepted,
               flight.draft.time_s(), flight.cost.time_s, flight.cost.dynamic_J});
  spare_.push_back(std::move(flight));
}

/// Among `shares_`: weights and launches in proportion to tokens, reading of caches in proportion to the rows that are
/// read.
void Engine::share(double dynamic_J, double cache_J) {
  double rows = 0, tokens = 0;
  for (const Share& each : shares_) {
    rows += each.rows;
    tokens += each.tokens;
  }
  const double row_J = rows > 0 ? cache_J / rows : 0;
  const double token_J = (dynamic_J - cache_J) / tokens;
  for (const Share& each : shares_)
    tally_.drawn(served_[each.slot], row_J * each.rows + token_J * each.tokens, each.is_prompt);
}

void Engine::share_energy(Flight& flight, double results) {
  flight.prompt_tokens = 0;
  shares_.clear();
  for (const ScheduledRequest& each : flight.pass.scheduled) {
    const bool is_prompt = each.context < served_[each.slot].record.prompt_tokens;
    if (is_prompt) flight.prompt_tokens += each.tokens;
    shares_.push_back(
        {each.slot, is_prompt, static_cast<double>(each.context + each.tokens), static_cast<double>(each.tokens)});
  }
  share(flight.cost.dynamic_J + result_J_ * results, flight.cost.cache_J);
}

/// The first pass is shared as the step is.
void Engine::share_draft_energy(const Flight& flight) {
  share(flight.draft.first.dynamic_J, flight.draft.first.cache_J);
  shares_.clear();
  const auto passes = static_cast<double>(drafter_->later_passes());
  for (const ScheduledRequest& each : flight.pass.scheduled)
    if (each.samples && passes > 0) shares_.push_back({each.slot, false, drafter_->later_rows(each), passes});
  if (!shares_.empty()) share(flight.draft.later.dynamic_J, flight.draft.later.cache_J);
}

/// How long after the step before one of these stages may start: each stage takes one step at a time. All of the step
/// where it is one stage.
double Engine::starts_after_s(const StepCost& before, const StepCost& cost) {
  if (before.stages.size() < 2 || before.stages.size() != cost.stages.size()) return before.time_s;
  double after_s = 0;
  for (std::size_t i = 0; i < cost.stages.size(); ++i)
    after_s = std::max(after_s, before.stages[i].last_s - cost.stages[i].first_s);
  return after_s;
}

/// What follows the step is the end of it.
void Engine::draft(Flight& flight) {
  drafter_->cost(flight.pass, flight.draft);
  share_draft_energy(flight);
  append(flight.cost, flight.draft.first);
  append(flight.cost, flight.draft.later);
  draft_s_ += flight.draft.time_s();
  draft_J_ += flight.draft.dynamic_J();
}

void Engine::fly(Flight flight, double now_s) {
  std::vector<Slice> slices;
  double results = 0;
  flight.drafts = flight.accepted = 0;
  slices.reserve(flight.pass.scheduled.size() + flight.pass.padding.size());
  SequenceId sequence = 0;
  for (const ScheduledRequest& each : flight.pass.scheduled) {
    slices.push_back({sequence++, 1, each.tokens, each.context, 1 + each.drafts});
    results += 1.0 + each.drafts;
    flight.drafts += each.drafts;
    flight.accepted += each.accepted;
    tally_.scheduled(served_[each.slot], now_s);
  }
  for (const PaddedTokens& each : flight.pass.padding) slices.push_back({sequence++, 1, each.tokens, each.context});
  costs_.cost(std::move(slices), flight.cost);
  share_energy(flight, results);
  if (drafter_ != nullptr) draft(flight);
  const auto sequences = static_cast<double>(flight.pass.scheduled.size());
  const double host_s = host_.step_s + sequences * host_.sequence_s;
  const double takes_s = flight.cost.time_s + flight.draft.host_s;
  const bool ahead = scheduler_->steps_in_flight() > 1;
  flight.start_s = now_s;
  const double lasts_s = ahead ? std::max(host_s, takes_s) : host_s + takes_s;
  if (!flight_.empty()) {
    const Flight& before = flight_.back();
    flight.start_s = pipelines_
                         ? std::max(now_s, before.start_s + std::max(host_s, starts_after_s(before.cost, flight.cost)))
                         : before.end_s;
  }
  flight.end_s = flight.start_s + lasts_s;
  if (!flight_.empty()) flight.end_s = std::max(flight.end_s, flight_.back().end_s);
  flight.drawn = 0;
  ServingStep step;
  step.instance = index_;
  step.start_s = flight.start_s;
  step.end_s = flight.end_s;
  step.tokens = flight.pass.tokens;
  step.prompt_tokens = flight.prompt_tokens;
  step.requests = static_cast<std::int64_t>(flight.pass.scheduled.size());
  tally_.planned(step);
  results_ += results;
  ++steps_;
  for (const ScheduledRequest& each : flight.pass.scheduled)
    if (each.samples && served_[each.slot].leaves) leaving_.push_back({each.slot, flight.start_s, flight.end_s});
  flight_.push_back(std::move(flight));
}

void Engine::plan(double now_s) {
  wake_s_ = std::numeric_limits<double>::infinity();
  while (!held_ && static_cast<int>(flight_.size()) < scheduler_->steps_in_flight()) {
    Flight flight;
    if (!spare_.empty()) {
      flight = std::move(spare_.back());
      spare_.pop_back();
    }
    scheduler_->schedule(now_s, flight.pass);
    fetching_.insert(fetching_.end(), flight.pass.fetching.begin(), flight.pass.fetching.end());
    charge(flight.pass.full);
    charge(flight.pass.displaced);
    displaced_.insert(displaced_.end(), flight.pass.displaced.begin(), flight.pass.displaced.end());
    if (flight.pass.empty()) {
      wake_s_ = flight.pass.wake_s;
      spare_.push_back(std::move(flight));
      break;
    }
    if (!displaced_.empty()) {
      held_ = std::move(flight);
      break;
    }
    fly(std::move(flight), now_s);
  }
  count(now_s);
}

void Engine::draw(double to_s) {
  for (Flight& flight : flight_) {
    if (flight.start_s >= to_s) break;
    const double lasts_s = flight.end_s - flight.start_s;
    const double share = lasts_s > 0 ? std::min(1.0, (to_s - flight.start_s) / lasts_s) : 1;
    windows_.add(index_, flight.cost, share - flight.drawn);
    flight.drawn = share;
  }
}

EngineLoad Engine::load() const {
  return {scheduler_->waiting_count(), scheduler_->running_count(), outstanding_tokens_,
          scheduler_->blocks_total() - scheduler_->blocks_used(), scheduler_->blocks_total()};
}

Engine::Tokens Engine::take_tokens() {
  return std::exchange(tokens_, Tokens());
}

}  // namespace upmem_des
