#include "serving/kv_cache.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace upmem_des {

KvCache::KvCache(const SchedulerOptions& options)
    : blocks_(options.kv_blocks),
      block_tokens_(options.block_tokens),
      longest_(options.longest()),
      caching_(options.prefix_caching),
      recomputes_last_hit_(options.recomputes_last_hit) {}

std::int64_t KvCache::blocks_for(std::int64_t tokens) const {
  return (std::min(tokens, longest_) + block_tokens_ - 1) / block_tokens_;
}

void KvCache::begin(LiveRequest& request) const {
  request.room = 0;
  request.hash_at = caching_ ? block_tokens_ : std::numeric_limits<std::int64_t>::max();
  request.hashes.restart();
}

void KvCache::find_hits(const LiveRequest& request, PrefixHits& hits) const {
  hits.blocks.clear();
  hits.hashes.restart();
  if (!caching_) return;
  std::uint64_t before = 0;
  BlockHashes without_last = hits.hashes;
  for (std::int64_t left = (request.known - 1) / block_tokens_; left > 0; --left) {
    BlockHashes hashes = hits.hashes;
    before = hashes.next(request.request, block_tokens_, before);
    const KvBlock block = blocks_.find(before);
    if (block == KvBlocks::none) break;
    hits.blocks.push_back(block);
    without_last = std::exchange(hits.hashes, hashes);
  }
  if (!recomputes_last_hit_ || hits.blocks.empty()) return;
  hits.blocks.pop_back();
  hits.hashes = without_last;
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

bool KvCache::grow(LiveRequest& request, std::int64_t tokens) {
  const std::int64_t needed = blocks_for(tokens) - static_cast<std::int64_t>(request.blocks.size());
  if (needed > blocks_.free()) return false;
  take(request, needed);
  return true;
}

void KvCache::take(LiveRequest& request, std::int64_t blocks) {
  for (; blocks > 0; --blocks) request.blocks.push_back(blocks_.take());
  request.room = static_cast<std::int64_t>(request.blocks.size()) * block_tokens_;
}

void KvCache::hash_more(LiveRequest& request, std::int64_t tokens) {
  auto index = static_cast<std::size_t>(request.hashes.blocks());
  std::uint64_t hash = index == 0 ? 0 : blocks_.hash(request.blocks[index - 1]);
  for (; tokens >= request.hash_at; request.hash_at += block_tokens_) {
    hash = request.hashes.next(request.request, block_tokens_, hash);
    blocks_.set_hash(request.blocks[index++], hash);
  }
}

void KvCache::release(LiveRequest& request) {
  for (auto block = request.blocks.rbegin(); block != request.blocks.rend(); ++block) blocks_.release(*block);
  request.blocks.clear();
  begin(request);
}

}  // namespace upmem_des
