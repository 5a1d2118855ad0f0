#include "plain_v1.hpp"

#include <cmath>

namespace upmem_des {

PlainV1::PlainV1(const SchedulerOptions& options)
    : options_(options),
      acceptance_(options.acceptance, options.acceptance_seed),
      users_(options.kv_blocks),
      holds_(options.kv_blocks) {
  for (int block = 0; block < options.kv_blocks; ++block) free_.push_back(block);
}

void PlainV1::add(const Request& request) {
  State state;
  state.prompt = state.known = request.prompt_tokens;
  state.outputs = request.output_tokens;
  for (const Content& part : request.content)
    for (std::int64_t place = 0; place < part.tokens; ++place) state.text.emplace_back(part.source, place);
  const auto tokens = static_cast<std::size_t>(state.prompt + state.outputs);
  for (std::int64_t own = 0; state.text.size() < tokens; ++own) state.text.emplace_back(-1 - request.id, own);
  states_[request.id] = state;
  waiting_.push_back(request.id);
}

ServedStep PlainV1::serve() {
  ServedStep step;
  budget_ = options_.max_num_batched_tokens;
  scheduled_.clear();
  plan_running(step);
  if (step.preempted.empty()) plan_waiting(step);
  for (Scheduled& entry : scheduled_) {
    State& state = states_[entry.id];
    step.tokens[entry.id] = entry.tokens;
    state.computed += entry.tokens;
    entry.samples = state.computed >= state.known + state.placeholders;
    // As many as fitted behind the known tokens; the others are forgotten.
    entry.drafts = std::max<std::int64_t>(0, std::min(state.drafts, state.computed - state.known));
    state.drafts = 0;
    if (entry.samples && options_.async) ++state.placeholders;
  }
  step.used = used();
  if (!scheduled_.empty()) under_way_.push_back(scheduled_);
  if (under_way_.size() == (options_.async && !scheduled_.empty() ? 2u : 1u)) process(step);
  step.used_at_end = used();
  return step;
}

void PlainV1::plan_running(ServedStep& step) {
  for (std::size_t index = 0; index < running_.size() && budget_ > 0; ++index) {
    const std::int64_t id = running_[index];
    State& state = states_[id];
    if (state.placeholders > 0 && state.computed + 2 - state.placeholders >= state.prompt + state.outputs) continue;
    std::int64_t tokens = state.known + state.drafts + state.placeholders - state.computed;
    if (options_.long_prefill_threshold > 0) tokens = std::min(tokens, options_.long_prefill_threshold);
    tokens = std::min(tokens, budget_);
    if (options_.max_model_len > 0) tokens = std::min(tokens, options_.max_model_len - 1 - state.computed);
    if (tokens == 0) continue;
    while (!allocate(state, tokens, {}, 0, options_.lookahead_tokens)) {
      const std::int64_t victim = running_.back();
      running_.pop_back();
      release(states_[victim]);
      states_[victim].computed = 0;
      states_[victim].preempted = true;
      states_[victim].drafts = 0;
      waiting_.push_front(victim);
      step.preempted.push_back(victim);
      if (victim == id) return;
    }
    scheduled_.push_back({id, tokens, false});
    budget_ -= tokens;
  }
}

void PlainV1::plan_waiting(ServedStep& step) {
  while (!waiting_.empty() && budget_ > 0 && static_cast<std::int64_t>(running_.size()) < options_.max_num_seqs) {
    const std::int64_t id = waiting_.front();
    State& state = states_[id];
    const std::vector<int> hits = hits_of(state);
    const auto hit_blocks = static_cast<std::int64_t>(hits.size());
    std::int64_t tokens = state.known - hit_blocks * options_.block_tokens;
    if (options_.long_prefill_threshold > 0) tokens = std::min(tokens, options_.long_prefill_threshold);
    if (!options_.chunked_prefill && tokens > budget_) return;
    tokens = std::min(tokens, budget_);
    const std::int64_t keep_free =
        running_.empty() ? 0 : static_cast<std::int64_t>(std::floor(options_.watermark * (options_.kv_blocks + 1)));
    if (options_.reserve_full_prompt && options_.blocks_for(state.known) - hit_blocks + free_among(hits) + keep_free >
                                            static_cast<std::int64_t>(free_.size()))
      return;
    if (!allocate(state, tokens, hits, keep_free)) return;
    waiting_.pop_front();
    running_.push_back(id);
    state.computed = hit_blocks * options_.block_tokens;
    if (hit_blocks > 0) step.hits[id] = state.computed;
    if (state.preempted) step.resumed[id] = state.computed;
    state.preempted = false;
    scheduled_.push_back({id, tokens, false});
    budget_ -= tokens;
  }
}

std::vector<int> PlainV1::hits_of(const State& state) const {
  std::vector<int> hits;
  if (!options_.prefix_caching) return hits;
  while (static_cast<std::int64_t>(hits.size()) < (state.known - 1) / options_.block_tokens) {
    const auto end = static_cast<std::ptrdiff_t>(hits.size() + 1) * options_.block_tokens;
    const Text wanted(state.text.begin(), state.text.begin() + end);
    const auto block = std::find_if(cached_.begin(), cached_.end(), [&](int each) { return holds_[each] == wanted; });
    if (block == cached_.end()) break;
    hits.push_back(*block);
  }
  if (options_.recomputes_last_hit && !hits.empty()) hits.pop_back();
  return hits;
}

std::int64_t PlainV1::free_among(const std::vector<int>& blocks) const {
  return std::count_if(blocks.begin(), blocks.end(), [&](int block) { return users_[block] == 0; });
}

bool PlainV1::allocate(State& state, std::int64_t tokens, const std::vector<int>& hits, std::int64_t keep_free,
                       std::int64_t lookahead) {
  const std::int64_t end = state.computed + static_cast<std::int64_t>(hits.size()) * options_.block_tokens + tokens;
  const std::int64_t held =
      options_.max_model_len > 0 ? std::min(end + lookahead, options_.max_model_len) : end + lookahead;
  const std::int64_t needed = std::max<std::int64_t>(
      0, options_.blocks_for(held) - static_cast<std::int64_t>(state.blocks.size() + hits.size()));
  if (needed + free_among(hits) + keep_free > static_cast<std::int64_t>(free_.size())) return false;
  for (const int block : hits) {
    if (users_[block]++ == 0) free_.erase(std::find(free_.begin(), free_.end(), block));
    state.blocks.push_back(block);
  }
  state.cached += hits.size();
  for (std::int64_t left = needed; left > 0; --left) {
    const int block = free_.front();
    free_.pop_front();
    cached_.erase(std::remove(cached_.begin(), cached_.end(), block), cached_.end());
    holds_[block].clear();
    users_[block] = 1;
    state.blocks.push_back(block);
  }
  cache_up_to(state, std::min(end, state.known));
  return true;
}

void PlainV1::cache_up_to(State& state, std::int64_t tokens) {
  if (!options_.prefix_caching) return;
  for (; static_cast<std::int64_t>(state.cached + 1) * options_.block_tokens <= tokens; ++state.cached) {
    const int block = state.blocks[state.cached];
    holds_[block].assign(state.text.begin(),
                         state.text.begin() + static_cast<std::ptrdiff_t>(state.cached + 1) * options_.block_tokens);
    cached_.push_back(block);
  }
}

void PlainV1::release(State& state) {
  for (auto block = state.blocks.rbegin(); block != state.blocks.rend(); ++block)
    if (--users_[*block] == 0) free_.push_back(*block);
  state.blocks.clear();
  state.cached = 0;
}

void PlainV1::process(ServedStep& step) {
  for (const Scheduled& entry : under_way_.front()) {
    if (!entry.samples) continue;
    State& state = states_[entry.id];
    const std::int64_t accepted = acceptance_.accepted(entry.id, state.known - state.prompt, entry.drafts);
    state.computed -= entry.drafts - accepted;
    for (std::int64_t token = 0; token < 1 + accepted && state.known < state.prompt + state.outputs; ++token) {
      ++state.known;
      step.sampled.push_back(entry.id);
    }
    state.drafts = options_.draft_tokens;
    if (options_.async) {
      --state.placeholders;
      if (!state.preempted) cache_up_to(state, state.computed - state.placeholders);
    }
    if (state.known < state.prompt + state.outputs &&
        (options_.max_model_len == 0 || state.known < options_.max_model_len))
      continue;
    step.finished.push_back(entry.id);
    release(state);
    running_.erase(std::remove(running_.begin(), running_.end(), entry.id), running_.end());
    waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), entry.id), waiting_.end());
  }
  under_way_.pop_front();
}

std::int64_t PlainV1::used() const {
  return options_.kv_blocks - static_cast<std::int64_t>(free_.size());
}

}  // namespace upmem_des
