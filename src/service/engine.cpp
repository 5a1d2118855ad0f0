#include "service/engine.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

Engine::Engine(std::size_t index, std::unique_ptr<Scheduler> scheduler, ServingTally& tally)
    : index_(index), scheduler_(std::move(scheduler)), tally_(tally) {}

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

bool Engine::schedule(double now_s, Pass& pass) {
  scheduler_->schedule(now_s, pass);
  fetching_.insert(fetching_.end(), pass.fetching.begin(), pass.fetching.end());
  charge(pass.full);
  charge(pass.displaced);
  displaced_.insert(displaced_.end(), pass.displaced.begin(), pass.displaced.end());
  if (!pass.empty()) return true;
  wake_s_ = pass.wake_s;
  return false;
}

void Engine::planned(ServingStep step) {
  step.instance = index_;
  tally_.planned(step);
}

void Engine::begin(const Pass& pass, double now_s, double start_s, double end_s) {
  ++steps_;
  for (const ScheduledRequest& each : pass.scheduled) {
    results_ += 1.0 + each.drafts;
    ServedRequest& served = served_[each.slot];
    tally_.scheduled(served, now_s);
    if (each.samples && served.leaves) leaving_.push_back({each.slot, start_s, end_s});
  }
}

std::int64_t Engine::list_shares(const Pass& pass, std::vector<EnergyShare>& shares) const {
  std::int64_t prompt_tokens = 0;
  for (const ScheduledRequest& each : pass.scheduled) {
    const bool is_prompt = each.context < served_[each.slot].record.prompt_tokens;
    if (is_prompt) prompt_tokens += each.tokens;
    shares.push_back(
        {each.slot, is_prompt, static_cast<double>(each.context + each.tokens), static_cast<double>(each.tokens)});
  }
  return prompt_tokens;
}

void Engine::idle_step(double start_s, double end_s) {
  ++steps_;
  ++idle_steps_;
  busy_s_ += end_s - start_s;
}

void Engine::end_step(const Pass& pass, const ServingStep& step) {
  const double now_s = step.end_s;
  scheduler_->end_step(pass, ended_);
  charge(ended_.full);
  full_.insert(full_.end(), pass.full.begin(), pass.full.end());
  full_.insert(full_.end(), ended_.full.begin(), ended_.full.end());
  for (const std::uint32_t slot : ended_.sampled) {
    --outstanding_tokens_;
    if (served_[slot].leaves) continue;
    tally_.token(served_[slot], now_s);
    ++tokens_.output;
  }
  tokens_.prompt += step.prompt_tokens;
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
  busy_s_ += now_s - step.start_s;
  count(now_s);
  ServingStep ended = step;
  ended.instance = index_;
  ended.running = scheduler_->running_count();
  ended.waiting = scheduler_->waiting_count();
  ended.kv_blocks = scheduler_->blocks_used();
  tally_.step(ended);
}

EngineLoad Engine::load() const {
  return {scheduler_->waiting_count(), scheduler_->running_count(), outstanding_tokens_,
          scheduler_->blocks_total() - scheduler_->blocks_used(), scheduler_->blocks_total()};
}

Engine::Tokens Engine::take_tokens() {
  return std::exchange(tokens_, Tokens());
}

}  // namespace upmem_des
