#include "upmem_des/serving/kv_cache.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace upmem_des {

KvCache::KvCache(const SchedulerOptions& options)
    : blocks_(options.kv_blocks),
      block_tokens_(options.block_tokens),
      longest_(options.longest()),
      lookahead_(options.lookahead_tokens),
      caching_(options.prefix_caching),
      recomputes_last_hit_(options.recomputes_last_hit),
      tier_takes_evicted_(options.tier_takes_evicted) {
  if (caching_ && options.tier_blocks > 0) tier_.emplace(options.tier_blocks);
}

std::int64_t KvCache::blocks_for(std::int64_t tokens) const {
  return (std::min(tokens, longest_) + block_tokens_ - 1) / block_tokens_;
}

void KvCache::begin(LiveRequest& request) const {
  request.room = 0;
  request.hash_at = caching_ ? block_tokens_ : std::numeric_limits<std::int64_t>::max();
  request.hashes.restart();
}

void KvCache::find_hits(const LiveRequest& request, PrefixHits& hits) const {
  hits.clear();
  hits.hashes.restart();
  if (!caching_) return;
  std::uint64_t before = 0;
  BlockHashes without_last = hits.hashes;
  for (std::int64_t left = (request.known - 1) / block_tokens_; left > 0; --left) {
    BlockHashes hashes = hits.hashes;
    const std::uint64_t hash = hashes.next(request.request, block_tokens_, before);
    const KvBlock block = blocks_.find(hash);
    if (block == KvBlocks::none) {
      if (tier_) find_in_tier(request, before, left, hits);
      break;
    }
    hits.blocks.push_back(block);
    without_last = std::exchange(hits.hashes, hashes);
    before = hash;
  }
  if (!recomputes_last_hit_) return;
  if (!hits.in_tier.empty()) {
    hits.in_tier.pop_back();
  } else if (!hits.blocks.empty()) {
    hits.blocks.pop_back();
    hits.hashes = without_last;
  }
}

/// At most so many blocks behind the one with the hash `before`.
void KvCache::find_in_tier(const LiveRequest& request, std::uint64_t before, std::int64_t most,
                           PrefixHits& hits) const {
  BlockHashes hashes = hits.hashes;
  for (; most > 0; --most) {
    before = hashes.next(request.request, block_tokens_, before);
    if (!tier_->has(before)) return;
    hits.in_tier.push_back(before);
  }
}

void KvCache::touch_in_tier(const PrefixHits& hits) {
  if (!tier_) return;
  for (auto hash = hits.in_tier.rbegin(); hash != hits.in_tier.rend(); ++hash) tier_->touch(*hash);
  for (auto block = hits.blocks.rbegin(); block != hits.blocks.rend(); ++block) tier_->touch(blocks_.hash(*block));
}

void KvCache::begin_fetch(const PrefixHits& hits) {
  touch_in_tier(hits);
  for (const std::uint64_t hash : hits.in_tier) tier_->hold(hash);
}

void KvCache::end_fetch(LiveRequest& request, std::int64_t tokens, std::int64_t blocks) {
  // They are in the tier, and need not go there.
  const std::size_t filled = filled_.size();
  hash_full_blocks(request, tokens);
  filled_.resize(filled);
  const auto end = static_cast<std::size_t>(tokens / block_tokens_);
  for (std::size_t index = end; index > end - static_cast<std::size_t>(blocks); --index)
    tier_->release(blocks_.hash(request.blocks[index - 1]));
}

void KvCache::begin_store(const BlockStore& store, std::vector<BlockStore>& stores) {
  if (!tier_->begin_store(store.hash)) return;
  if (store.block != KvBlocks::none) blocks_.hold(store.block);
  stores.push_back(store);
}

void KvCache::begin_stores(std::vector<BlockStore>& stores) {
  for (const BlockStore& filled : filled_) begin_store(filled, stores);
  // Of what is used at the same time, what comes later in a request goes first, as on the device: without what is
  // before it, it is of no use.
  for (auto filled = filled_.rbegin(); filled != filled_.rend(); ++filled) tier_->touch(filled->hash);
  filled_.clear();
}

void KvCache::begin_displaced(std::vector<BlockStore>& stores) {
  for (const BlockStore& displaced : displaced_) begin_store(displaced, stores);
  displaced_.clear();
}

void KvCache::end_store(const std::vector<BlockStore>& stores) {
  for (auto store = stores.rbegin(); store != stores.rend(); ++store) {
    tier_->stored(store->hash);
    if (store->block != KvBlocks::none) blocks_.release(store->block);
  }
}

std::int64_t KvCache::free_among(const PrefixHits& hits) const {
  std::int64_t free = 0;
  for (const KvBlock block : hits.blocks) free += blocks_.users(block) == 0;
  return free;
}

bool KvCache::allocate(LiveRequest& request, std::int64_t tokens, const PrefixHits& hits, std::int64_t keep_free) {
  const auto hit_blocks = static_cast<std::int64_t>(hits.blocks.size());
  const std::int64_t end = request.computed + hit_blocks * block_tokens_ + tokens;
  const std::int64_t needed =
      std::max<std::int64_t>(0, blocks_for(end) - static_cast<std::int64_t>(request.blocks.size()) - hit_blocks);
  if (needed + free_among(hits) + keep_free > blocks_.free()) return false;
  if (hit_blocks > 0) {
    for (const KvBlock block : hits.blocks) {
      blocks_.hold(block);
      request.blocks.push_back(block);
    }
    request.hashes = hits.hashes;
    request.hash_at = (hit_blocks + 1) * block_tokens_;
  }
  take(request, needed);
  return true;
}

/// Of a request's block by its index, is the first token one of the prompt?
bool KvCache::is_of_prompt(const LiveRequest& request, std::size_t index) const {
  return static_cast<std::int64_t>(index) * block_tokens_ < request.request.prompt_tokens;
}

/// The request's blocks have been used until now. What it would have filled will not be computed.
void KvCache::leave_tier(const LiveRequest& request) {
  for (auto block = request.blocks.rbegin(); block != request.blocks.rend(); ++block)
    tier_->touch(blocks_.hash(*block));
  filled_.erase(std::remove_if(filled_.begin(), filled_.end(),
                               [&](const BlockStore& filled) { return filled.slot == request.slot; }),
                filled_.end());
}

bool KvCache::grow(LiveRequest& request, std::int64_t tokens) {
  const std::int64_t needed = blocks_for(tokens) - static_cast<std::int64_t>(request.blocks.size());
  if (needed > blocks_.free()) return false;
  take(request, needed);
  return true;
}

void KvCache::take(LiveRequest& request, std::int64_t blocks) {
  for (; blocks > 0; --blocks) {
    const std::uint64_t displaced = tier_ && tier_takes_evicted_ ? blocks_.next_hash() : 0;
    request.blocks.push_back(blocks_.take());
    // Another one may hold the same.
    if (displaced != 0 && blocks_.find(displaced) == KvBlocks::none)
      displaced_.push_back({request.slot, KvBlocks::none, is_of_prompt(request, request.blocks.size() - 1), displaced});
  }
  request.room = static_cast<std::int64_t>(request.blocks.size()) * block_tokens_;
}

void KvCache::hash_more(LiveRequest& request, std::int64_t tokens) {
  auto index = static_cast<std::size_t>(request.hashes.blocks());
  std::uint64_t hash = index == 0 ? 0 : blocks_.hash(request.blocks[index - 1]);
  for (; tokens >= request.hash_at; request.hash_at += block_tokens_) {
    hash = request.hashes.next(request.request, block_tokens_, hash);
    if (tier_ && !tier_takes_evicted_)
      filled_.push_back({request.slot, request.blocks[index], is_of_prompt(request, index), hash});
    blocks_.set_hash(request.blocks[index++], hash);
  }
}

void KvCache::release(LiveRequest& request) {
  if (tier_) leave_tier(request);
  for (auto block = request.blocks.rbegin(); block != request.blocks.rend(); ++block) blocks_.release(*block);
  request.blocks.clear();
  begin(request);
}

}  // namespace upmem_des
