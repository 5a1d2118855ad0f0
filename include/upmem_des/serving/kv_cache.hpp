/// The blocks of requests.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "upmem_des/serving/block_hashes.hpp"
#include "upmem_des/serving/block_store.hpp"
#include "upmem_des/serving/kv_blocks.hpp"
#include "upmem_des/serving/kv_tier.hpp"
#include "upmem_des/serving/live_request.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// Blocks that hold what a request begins with.
struct PrefixHits {
  std::vector<KvBlock> blocks;
  BlockHashes hashes;                  ///< behind them
  std::vector<std::uint64_t> in_tier;  ///< the blocks behind them that the tier holds, by their hashes

  /// Forgets all hits.
  void clear() {
    blocks.clear();
    in_tier.clear();
  }
};

/// Gives requests blocks, finds what is there of them, and takes blocks back. Who schedules tokens of a request says
/// with hash_full_blocks() which of its blocks are full then, before they are computed: what is scheduled later in the
/// same step can use them.
class KvCache {
 public:
  /// Throws InputError as KvBlocks and KvTier do. Reads kv_blocks, block_tokens, prefix_caching, recomputes_last_hit,
  /// max_model_len, lookahead_tokens, and of the tier, which there is with prefix_caching alone, tier_blocks and
  /// tier_takes_evicted.
  explicit KvCache(const SchedulerOptions& options);

  /// The blocks, used and free.
  const KvBlocks& blocks() const { return blocks_; }

  /// For a new request of which nothing is known to be here.
  void begin(LiveRequest& request) const;

  /// The longest run of full blocks from the beginning of the request that are here, and behind it the longest in the
  /// tier; without the block of its last token, which is always computed, and with recomputes_last_hit without the last
  /// one of all. None without prefix_caching.
  void find_hits(const LiveRequest& request, PrefixHits& hits) const;

  /// How many of these blocks are free: taking them costs a free block each.
  std::int64_t free_among(const PrefixHits& hits) const;

  /// Makes room for `tokens` (>= 0) tokens more than the request has computed and `hits` hold, which become its first
  /// blocks. False, and nothing is changed, where afterwards fewer than `keep_free` blocks would be free.
  bool allocate(LiveRequest& request, std::int64_t tokens, const PrefixHits& hits, std::int64_t keep_free);
  /// Without hits, and what fills a block with its known tokens is said of it; the room is for lookahead_tokens more.
  /// Nothing but comparisons where it is there.
  bool allocate(LiveRequest& request, std::int64_t tokens) {
    const std::int64_t end = request.computed + tokens;
    if (end + lookahead_ > request.room && !grow(request, end + lookahead_)) return false;
    hash_full_blocks(request, end < request.known ? end : request.known);
    return true;
  }

  /// Says what blocks hold that are full with the first `tokens` tokens, all of them known.
  void hash_full_blocks(LiveRequest& request, std::int64_t tokens) {
    if (tokens >= request.hash_at) hash_more(request, tokens);
  }

  /// The second level; null where there is none.
  const KvTier* tier() const { return tier_ ? &*tier_ : nullptr; }

  /// A request that has blocks for them begins to read `hits.in_tier`, which stay there meanwhile. All of `hits` have
  /// been used now.
  void begin_fetch(const PrefixHits& hits);
  /// The last `blocks` of the blocks that hold the first `tokens` tokens have come from the tier.
  void end_fetch(LiveRequest& request, std::int64_t tokens, std::int64_t blocks);
  /// All of `hits` are used now.
  void touch_in_tier(const PrefixHits& hits);

  /// Adds what the tier wants of what has become full since the last call to `stores`; each block stays as it is until
  /// end_store().
  void begin_stores(std::vector<BlockStore>& stores);
  /// The same of what has lost its place.
  void begin_displaced(std::vector<BlockStore>& stores);
  /// These have arrived in the tier.
  void end_store(const std::vector<BlockStore>& stores);

  /// Takes all blocks back, the last first, so that it is the first of them to be used for something else.
  void release(LiveRequest& request);

 private:
  bool grow(LiveRequest& request, std::int64_t tokens);
  bool is_of_prompt(const LiveRequest& request, std::size_t index) const;
  void hash_more(LiveRequest& request, std::int64_t tokens);
  void take(LiveRequest& request, std::int64_t blocks);
  void find_in_tier(const LiveRequest& request, std::uint64_t before, std::int64_t most, PrefixHits& hits) const;
  void begin_store(const BlockStore& store, std::vector<BlockStore>& stores);
  void leave_tier(const LiveRequest& request);
  std::int64_t blocks_for(std::int64_t tokens) const;

  KvBlocks blocks_;
  std::int64_t block_tokens_;
  std::int64_t longest_;
  std::int64_t lookahead_;
  bool caching_;
  bool recomputes_last_hit_;
  std::optional<KvTier> tier_;
  bool tier_takes_evicted_;
  std::vector<BlockStore> filled_;     // blocks that have become full
  std::vector<BlockStore> displaced_;  // what has lost its place
};

}  // namespace upmem_des
