#include "upmem_des/serving/paged_scheduler.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

namespace {

SchedulerOptions checked(const SchedulerOptions& options) {
  check(options);
  return options;
}

}  // namespace

PagedScheduler::PagedScheduler(const SchedulerOptions& options, std::unique_ptr<WaitingQueue> waiting)
    : options_(checked(options)),
      steps_in_flight_(options_.steps_in_flight()),
      cache_(options_),
      waiting_(std::move(waiting)),
      acceptance_(options_.acceptance, options_.acceptance_seed) {}

std::string PagedScheduler::refusal(const Request& request) const {
  if (request.prompt_tokens < 1) return "has no prompt tokens";
  if (request.output_tokens < 1) return "wants no output tokens";
  const std::string size =
      std::to_string(request.prompt_tokens) + " + " + std::to_string(request.output_tokens) + " tokens";
  if (request.output_tokens > options_.longest() - request.prompt_tokens)
    return size + (options_.max_model_len > 0
                       ? " are more than max_model_len, " + std::to_string(options_.max_model_len)
                       : " are more than can be counted");
  const std::int64_t held = options_.blocks_for(most_tokens(request));
  if (held + blocks_kept_free() > options_.kv_blocks) {
    const std::string kept =
        blocks_kept_free() == 0 ? "" : " and " + std::to_string(blocks_kept_free()) + " that stay free";
    const std::string drafts = options_.draft_tokens == 0 ? "" : " with their drafts";
    return size + " need " + std::to_string(held) + " blocks" + drafts + kept + "; there are " +
           std::to_string(options_.kv_blocks);
  }
  return "";
}

std::int64_t PagedScheduler::most_tokens(const Request& request) const {
  const std::int64_t known = request.prompt_tokens + request.output_tokens - 1;
  const std::int64_t drafts = request.output_tokens > 1 ? options_.draft_tokens : 0;
  return std::min(known + drafts + options_.lookahead_tokens, options_.longest());
}

std::uint32_t PagedScheduler::open(Request&& request) {
  const std::uint32_t slot = table_.open();
  LiveRequest& live = table_[slot];
  live.slot = slot;
  live.request = std::move(request);
  live.known = live.request.prompt_tokens;
  live.last = std::min(live.known + live.request.output_tokens, options_.longest());
  cache_.begin(live);
  return slot;
}

std::int64_t PagedScheduler::cached_tokens(const Request& request) const {
  LiveRequest seeking;
  seeking.request = request;
  seeking.known = request.prompt_tokens;
  cache_.begin(seeking);
  PrefixHits hits;
  cache_.find_hits(seeking, hits);
  return static_cast<std::int64_t>(hits.blocks.size() + hits.in_tier.size()) * options_.block_tokens;
}

std::uint32_t PagedScheduler::add(Request request) {
  const std::uint32_t slot = open(std::move(request));
  waiting_->add(table_, slot);
  return slot;
}

std::uint32_t PagedScheduler::add_remote(Request request, std::int64_t outputs) {
  const std::uint32_t slot = open(std::move(request));
  table_[slot].known += outputs;
  table_[slot].status = RequestStatus::waits_for_blocks;
  waiting_->add(table_, slot);
  return slot;
}

void PagedScheduler::fetched(std::uint32_t slot) {
  LiveRequest& request = table_[slot];
  request.status = RequestStatus::waiting;
  if (request.coming_blocks > 0) {
    request.computed = request.coming_tokens;
    if (request.preemptions > 0) request.status = RequestStatus::preempted;
    cache_.end_fetch(request, request.computed, std::exchange(request.coming_blocks, 0));
  } else {
    // If everything is there, the last token is computed again: something has to put out the next one.
    request.computed = std::min(request.request.prompt_tokens, request.known - 1);
    cache_.hash_full_blocks(request, request.request.prompt_tokens);
  }
  --fetching_;
  waiting_->add_again(table_, slot);
}

std::uint32_t PagedScheduler::add_keeping(Request request) {
  const std::uint32_t slot = add(std::move(request));
  table_[slot].keeps_blocks = true;
  return slot;
}

void PagedScheduler::release_kept(std::uint32_t slot) {
  cache_.release(table_[slot]);
  table_.close(slot);
}

void PagedScheduler::schedule(double now_s, Pass& pass) {
  pass.clear();
  plan(now_s, pass);
  if (cache_.tier() == nullptr) return;
  cache_.begin_stores(pass.full);
  cache_.begin_displaced(pass.displaced);
}

void PagedScheduler::verify(LiveRequest& request, ScheduledRequest& entry) {
  entry.drafts = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(request.computed - request.known, 0, std::exchange(request.drafts, std::uint16_t{0})));
  entry.accepted = static_cast<std::int32_t>(acceptance_.accepted(request.request.id, request.outputs(), entry.drafts));
}

void PagedScheduler::take_back(Pass& pass, std::size_t index) {
  const auto entry = pass.scheduled.begin() + static_cast<std::ptrdiff_t>(index);
  LiveRequest& request = table_[entry->slot];
  pass.tokens -= entry->tokens;
  request.computed -= entry->tokens;
  if (request.computed < request.computed_before) count_again(request, entry->tokens, -1);
  request.placeholders -= entry->samples && steps_in_flight_ > 1;
  pass.scheduled.erase(entry);
}

void PagedScheduler::admit(Pass& pass, std::int64_t tokens, const PrefixHits& hits) {
  const std::uint32_t slot = waiting_->front();
  waiting_->pop(table_);
  LiveRequest& request = table_[slot];
  const std::int64_t hit_tokens = static_cast<std::int64_t>(hits.blocks.size()) * options_.block_tokens;
  cache_.touch_in_tier(hits);
  request.computed += hit_tokens;
  count_hits(request, hit_tokens);
  running_.push_back(slot);
  ScheduledRequest& entry = put(pass, slot, tokens);
  entry.admitted = true;
  entry.resumed = request.status == RequestStatus::preempted;
  entry.hit_tokens = hit_tokens;
  request.status = RequestStatus::running;
  cache_.hash_full_blocks(request, std::min(request.computed, request.known));
}

void PagedScheduler::preempt(Pass& pass, std::size_t index) {
  const std::uint32_t slot = running_[index];
  running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(index));
  lose_blocks(slot);
  waiting_->add_again(table_, slot);
  pass.preempted.push_back(slot);
}

void PagedScheduler::lose_blocks(std::uint32_t slot) {
  LiveRequest& request = table_[slot];
  cache_.release(request);
  request.computed_before = std::max(request.computed_before, request.computed);
  request.computed = 0;
  request.drafts = 0;
  request.status = RequestStatus::preempted;
  ++request.preemptions;
  ++counts_.preemptions;
}

bool PagedScheduler::make_room(Pass& pass, std::size_t& index, std::int64_t tokens) {
  const std::uint32_t slot = running_[index];
  while (true) {
    if (running_.size() == 1 && take_from_waiting(pass)) {
      if (cache_.allocate(table_[slot], tokens)) return true;
      continue;
    }
    const std::size_t chosen = victim();
    const std::uint32_t loser = running_[chosen];
    // Only before `index` can somebody have been scheduled already.
    if (chosen < index) {
      const auto entry = std::find_if(pass.scheduled.begin(), pass.scheduled.end(),
                                      [&](const ScheduledRequest& scheduled) { return scheduled.slot == loser; });
      if (entry != pass.scheduled.end()) take_back(pass, static_cast<std::size_t>(entry - pass.scheduled.begin()));
      --index;
    }
    preempt(pass, chosen);
    if (loser == slot) return false;
    if (cache_.allocate(table_[slot], tokens)) return true;
  }
}

bool PagedScheduler::take_from_waiting(Pass& pass) {
  if (running_.size() > 1) return false;
  // There will be free blocks without that.
  if (running_.empty() && cache_.tier() != nullptr && (fetching_ > 0 || cache_.tier()->is_busy())) return false;
  const std::vector<std::uint32_t> slots = waiting_->slots(table_);
  const auto last =
      std::find_if(slots.rbegin(), slots.rend(), [&](std::uint32_t slot) { return !table_[slot].blocks.empty(); });
  if (last == slots.rend()) return false;
  lose_blocks(*last);
  pass.preempted.push_back(*last);
  return true;
}

void PagedScheduler::find_hits(const LiveRequest& request) {
  if (request.computed == 0)
    cache_.find_hits(request, hits_);
  else
    hits_.clear();
}

bool PagedScheduler::start_fetching(Pass& pass, std::int64_t tokens, std::int64_t keep_free) {
  const std::uint32_t slot = waiting_->front();
  LiveRequest& request = table_[slot];
  cache_.find_hits(request, hits_);
  const std::int64_t hit_tokens = static_cast<std::int64_t>(hits_.blocks.size()) * options_.block_tokens;
  if (!cache_.allocate(request, tokens - hit_tokens, hits_, keep_free)) return false;
  count_hits(request, hit_tokens);
  wait_for_cache(pass);
  return true;
}

bool PagedScheduler::start_reading_tier(Pass& pass, std::int64_t keep_free) {
  LiveRequest& request = table_[waiting_->front()];
  const auto tier_blocks = static_cast<std::int64_t>(hits_.in_tier.size());
  const std::int64_t tier_tokens = tier_blocks * options_.block_tokens;
  const std::int64_t hit_tokens = static_cast<std::int64_t>(hits_.blocks.size()) * options_.block_tokens + tier_tokens;
  if (!cache_.allocate(request, tier_tokens, hits_, keep_free)) return false;
  cache_.begin_fetch(hits_);
  request.coming_tokens = hit_tokens;
  request.coming_blocks = tier_blocks;
  request.tier_hit_tokens += tier_tokens;
  counts_.tier_hit_tokens += tier_tokens;
  count_hits(request, hit_tokens);
  wait_for_cache(pass);
  return true;
}

/// The first of those that wait.
void PagedScheduler::wait_for_cache(Pass& pass) {
  const std::uint32_t slot = waiting_->front();
  table_[slot].status = RequestStatus::waits_for_cache;
  waiting_->pop(table_);
  ++fetching_;
  pass.fetching.push_back(slot);
}

void PagedScheduler::count_hits(LiveRequest& request, std::int64_t tokens) {
  request.hit_tokens += tokens;
  counts_.hit_tokens += tokens;
}

void PagedScheduler::count_again(LiveRequest& request, std::int64_t tokens, std::int64_t times) {
  const std::int64_t again = times * std::min(tokens, request.computed_before - request.computed);
  request.recomputed_tokens += again;
  counts_.recomputed_tokens += again;
}

void PagedScheduler::end_step(const Pass& pass, StepEnd& end) {
  for (const std::uint32_t slot : ended_) table_.close(slot);
  ended_.clear();
  end.sampled.clear();
  end.finished.clear();
  end.full.clear();
  bool seats_left = false;
  for (const ScheduledRequest& entry : pass.scheduled) {
    if (!entry.samples) continue;
    LiveRequest& request = table_[entry.slot];
    ++request.known;
    end.sampled.push_back(entry.slot);
    if (options_.draft_tokens > 0) end_drafts(request, entry, end);
    if (steps_in_flight_ > 1) {
      --request.placeholders;
      if (request.status == RequestStatus::running)
        cache_.hash_full_blocks(request, request.computed - request.placeholders);
      if (cache_.tier() != nullptr) cache_.begin_stores(end.full);
    }
    if (request.known >= request.last) {
      seats_left |= request.status == RequestStatus::running;
      finish(entry.slot, end);
    }
  }
  if (seats_left)
    running_.erase(std::remove_if(running_.begin(), running_.end(),
                                  [&](std::uint32_t slot) { return table_[slot].status == RequestStatus::finished; }),
                   running_.end());
}

/// What was rejected is computed again as something else, and what comes behind the last token is nobody's. Who has put
/// out a token has drafts for the next.
void PagedScheduler::end_drafts(LiveRequest& request, const ScheduledRequest& entry, StepEnd& end) {
  const std::int64_t given = std::min<std::int64_t>(entry.accepted, request.last - request.known);
  request.known += given;
  end.sampled.insert(end.sampled.end(), static_cast<std::size_t>(given), entry.slot);
  request.computed -= entry.drafts - entry.accepted;
  request.drafts = static_cast<std::uint16_t>(options_.draft_tokens);
  if (entry.drafts == 0) return;
  ++counts_.verifications;
  counts_.drafted_tokens += entry.drafts;
  counts_.accepted_tokens += entry.accepted;
}

void PagedScheduler::finish(std::uint32_t slot, StepEnd& end) {
  LiveRequest& request = table_[slot];
  // Its last token may come after it was preempted.
  if (request.status == RequestStatus::preempted) waiting_->remove(table_, slot);
  request.status = RequestStatus::finished;
  end.finished.push_back(slot);
  leave(slot);
}

void PagedScheduler::leave(std::uint32_t slot) {
  if (!table_[slot].keeps_blocks) let_go(slot);
}

void PagedScheduler::let_go(std::uint32_t slot) {
  cache_.release(table_[slot]);
  ended_.push_back(slot);
}

}  // namespace upmem_des
