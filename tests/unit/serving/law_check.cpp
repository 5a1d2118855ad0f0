#include "law_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "random_load.hpp"
#include "upmem_des/serving/kv_tier.hpp"

namespace upmem_des {

void LawCheck::arrive(const Load& load) {
  Request request =
      random_request(random_, static_cast<std::int64_t>(known_.size()), load.longest, load.shared_content);
  Known known;
  known.prompt = request.prompt_tokens;
  known.wanted = request.output_tokens;
  for (const Content& part : request.content)
    for (std::int64_t place = 0; place < part.tokens; ++place) known.text.emplace_back(part.source, place);
  const auto tokens = static_cast<std::size_t>(known.prompt + known.wanted);
  for (std::int64_t own = 0; known.text.size() < tokens; ++own) known.text.emplace_back(-1 - request.id, own);
  known.text.resize(tokens);
  if (!scheduler_.refusal(request).empty()) {
    ++refused_;
    known.finished = true;
    known_.push_back(known);
    return;
  }
  const std::int64_t kind = load.remote ? below(3) : 0;
  if (kind == 1) {
    known.sampled = below(std::min<std::int64_t>(2, known.wanted));
    known_.push_back(known);
    slots_.insert(scheduler_.add_remote(std::move(request), known.sampled));
  } else {
    known_.push_back(known);
    slots_.insert(kind == 0 ? scheduler_.add(std::move(request)) : scheduler_.add_keeping(std::move(request)));
  }
}

void LawCheck::check_hits(const Known& request, std::int64_t tokens) const {
  if (tokens == 0) return;
  EXPECT_LT(tokens, request.prompt + request.sampled);
  const bool seen = std::any_of(known_.begin(), known_.end(), [&](const Known& other) {
    // Of itself there may be something from before it was preempted.
    return static_cast<std::int64_t>(other.text.size()) >= tokens &&
           std::equal(request.text.begin(), request.text.begin() + tokens, other.text.begin());
  });
  EXPECT_TRUE(seen);
}

void LawCheck::check_pass(const Pass& pass) {
  for (const std::uint32_t slot : pass.preempted) {
    Known& known = known_[scheduler_.request(slot).request.id];
    known.most = std::max(known.most, known.computed);
    known.computed = 0;
  }
  for (const std::uint32_t slot : pass.fetching) {
    const LiveRequest& live = scheduler_.request(slot);
    Known& known = known_[live.request.id];
    sent_.push_back(slot);
    if (live.coming_blocks > 0) {
      check_fetch(live, known);
      continue;
    }
    EXPECT_GE(live.room, live.known);
    known.computed = std::min(known.prompt, known.prompt + known.sampled - 1);
  }
  std::set<std::uint32_t> seen;
  std::int64_t tokens = 0;
  for (const ScheduledRequest& entry : pass.scheduled) {
    const LiveRequest& live = scheduler_.request(entry.slot);
    Known& known = known_[live.request.id];
    EXPECT_TRUE(seen.insert(entry.slot).second);
    EXPECT_GE(entry.tokens, 1);
    check_hits(known, entry.hit_tokens);
    EXPECT_EQ(entry.context, known.computed + entry.hit_tokens);
    known.computed = entry.context + entry.tokens;
    recomputed_ += std::max<std::int64_t>(0, std::min(known.computed, known.most) - entry.context);
    const std::int64_t longest = options_.longest();
    const bool is_new = entry.admitted;
    EXPECT_GE(live.room, is_new ? known.computed : std::min(known.computed + options_.lookahead_tokens, longest));
    EXPECT_LE(entry.accepted, entry.drafts);
    EXPECT_LE(entry.drafts, entry.admitted ? 0 : options_.draft_tokens);
    EXPECT_GT(entry.tokens, entry.drafts);
    if (entry.drafts > 0) {
      EXPECT_EQ(known.computed, known.prompt + known.sampled + entry.drafts);
    }
    drafted_ += entry.drafts;
    accepted_ += entry.accepted;
    tokens += entry.tokens;
    known.hits += entry.hit_tokens;
  }
  EXPECT_EQ(pass.tokens, tokens);
  if (has_budget_) {
    EXPECT_LE(pass.tokens, options_.max_num_batched_tokens);
  }
  EXPECT_LE(scheduler_.running_count(), options_.max_num_seqs);
}

/// From the tier.
void LawCheck::check_fetch(const LiveRequest& live, Known& known) {
  EXPECT_EQ(live.room, live.coming_tokens);
  check_hits(known, live.coming_tokens);
  for (std::int64_t blocks = 0; blocks < live.coming_blocks && !options_.tier_takes_evicted; ++blocks) {
    const std::int64_t tokens = live.coming_tokens - blocks * options_.block_tokens;
    EXPECT_EQ(stored_texts_.count(Text(known.text.begin(), known.text.begin() + tokens)), 1u);
  }
  known.computed = live.coming_tokens;
  known.hits += live.coming_tokens;
}

/// Blocks that are full when all that has been scheduled has run.
void LawCheck::check_full(const std::vector<BlockStore>& full) {
  for (const BlockStore& store : full) {
    const LiveRequest& live = scheduler_.request(store.slot);
    const Known& known = known_[live.request.id];
    BlockHashes hashes;
    for (std::uint64_t hash = 0; hash != store.hash;) {
      hash = hashes.next(live.request, options_.block_tokens, hash);
      ASSERT_LE(hashes.blocks() * options_.block_tokens, known.computed);
    }
    const std::int64_t index = hashes.blocks() - 1;
    const std::int64_t tokens = hashes.blocks() * options_.block_tokens;
    EXPECT_EQ(store.of_prompt, index * options_.block_tokens < known.prompt);
    texts_[store.hash] = Text(known.text.begin(), known.text.begin() + tokens);
  }
}

void LawCheck::check_blocks() {
  if (scheduler_.tier() != nullptr) {
    EXPECT_LE(scheduler_.tier()->used(), options_.tier_blocks);
  }
  std::map<KvBlock, int> users;
  for (const std::uint32_t slot : slots_)
    for (const KvBlock block : scheduler_.request(slot).blocks) ++users[block];
  const auto use = [&](const std::vector<BlockStore>& stores) {
    for (const BlockStore& store : stores)
      if (store.block != KvBlocks::none) ++users[store.block];
  };
  for (const std::vector<BlockStore>& stores : stores_) use(stores);
  for (const Pass& pass : under_way_) use(pass.full);
  EXPECT_EQ(scheduler_.blocks_used(), static_cast<std::int64_t>(users.size()));
  EXPECT_LE(scheduler_.blocks_used(), scheduler_.blocks_total());
}

void LawCheck::end_step() {
  StepEnd end;
  const std::vector<BlockStore> of_pass = under_way_.front().full;
  scheduler_.end_step(under_way_.front(), end);
  std::map<std::uint32_t, std::int64_t> expected;
  for (const ScheduledRequest& entry : under_way_.front().scheduled) {
    Known& known = known_[scheduler_.request(entry.slot).request.id];
    known.computed -= entry.drafts - entry.accepted;
    if (entry.samples) expected[entry.slot] = std::min<std::int64_t>(1 + entry.accepted, known.wanted - known.sampled);
  }
  for (const std::uint32_t slot : end.sampled) --expected[slot];
  for (const auto& [slot, missing] : expected) EXPECT_EQ(missing, 0) << slot;
  under_way_.pop_front();
  check_full(end.full);
  for (const std::vector<BlockStore>& full : {of_pass, end.full})
    if (!full.empty()) stores_.push_back(full);
  for (const std::uint32_t slot : end.sampled) ++known_[scheduler_.request(slot).request.id].sampled;
  for (const std::uint32_t slot : end.finished) {
    const LiveRequest& live = scheduler_.request(slot);
    Known& known = known_[live.request.id];
    EXPECT_FALSE(known.finished);
    known.finished = true;
    EXPECT_EQ(known.sampled, known.wanted);
    // All but the last token, unless that came after a preemption.
    if (known.computed > 0 && options_.draft_tokens == 0) {
      EXPECT_EQ(known.computed, known.prompt + known.wanted - 1);
    }
    if (options_.draft_tokens > 0) {
      EXPECT_GE(known.computed, known.prompt + known.wanted - 1);
    }
    if (live.keeps_blocks)
      kept_.push_back(slot);
    else if (live.blocks.empty())
      slots_.erase(slot);
  }
}

void LawCheck::end_transfers() {
  if (!sent_.empty() && below(3) == 0) {
    scheduler_.fetched(sent_.front());
    sent_.erase(sent_.begin());
  }
  if (!stores_.empty() && below(3) == 0) {
    scheduler_.stored(stores_.front());
    for (const BlockStore& store : stores_.front()) {
      EXPECT_TRUE(scheduler_.tier()->has(store.hash));
      stored_texts_.insert(texts_[store.hash]);
    }
    stores_.pop_front();
  }
  if (!kept_.empty() && below(3) == 0) {
    scheduler_.release_kept(kept_.back());
    if (scheduler_.request(kept_.back()).blocks.empty()) slots_.erase(kept_.back());
    kept_.pop_back();
  }
}

void LawCheck::serve(const Load& load) {
  int idle = 0;
  for (int step = 0; idle < 50; ++step) {
    ASSERT_LT(step, 100000) << "goes on for ever";
    while (static_cast<int>(known_.size()) < load.requests && below(1000) < 1000 * load.arrivals_per_step) arrive(load);
    if (static_cast<int>(known_.size()) == load.requests) scheduler_.close();
    Pass pass;
    scheduler_.schedule(step, pass);
    check_pass(pass);
    check_full(pass.full);
    if (!pass.displaced.empty()) stores_.push_back(pass.displaced);
    check_blocks();
    const bool empty = pass.empty();
    EXPECT_TRUE(!empty || pass.full.empty());
    if (!empty) under_way_.push_back(pass);
    if (!under_way_.empty() && (empty || static_cast<int>(under_way_.size()) == scheduler_.steps_in_flight()))
      end_step();
    // Slots that a static batch kept until now.
    for (auto slot = slots_.begin(); slot != slots_.end();) {
      const LiveRequest& live = scheduler_.request(*slot);
      const bool gone = live.status == RequestStatus::finished && live.blocks.empty();
      slot = gone ? slots_.erase(slot) : std::next(slot);
    }
    check_blocks();
    end_transfers();
    idle =
        empty && sent_.empty() && kept_.empty() && stores_.empty() && static_cast<int>(known_.size()) == load.requests
            ? idle + 1
            : 0;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(scheduler_.running_count(), 0);
  EXPECT_EQ(scheduler_.waiting_count(), 0);
  EXPECT_EQ(scheduler_.blocks_used(), 0);
  EXPECT_LT(refused_, load.requests / 2);
  EXPECT_EQ(scheduler_.counts().recomputed_tokens, recomputed_);
  EXPECT_EQ(scheduler_.counts().drafted_tokens, drafted_);
  EXPECT_EQ(scheduler_.counts().accepted_tokens, accepted_);
  std::int64_t hits = 0;
  for (const Known& known : known_) {
    EXPECT_TRUE(known.finished);
    hits += known.hits;
  }
  if (!load.remote) {
    EXPECT_EQ(scheduler_.counts().hit_tokens, hits);
  }
  StepEnd end;
  scheduler_.end_step(Pass(), end);
  EXPECT_EQ(scheduler_.live_count(), 0);
}

}  // namespace upmem_des
