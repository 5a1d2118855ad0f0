/// A request that a scheduler has.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/requests/request.hpp"
#include "upmem_des/serving/block_hashes.hpp"
#include "upmem_des/serving/kv_blocks.hpp"

namespace upmem_des {

/// What a request waits for or does.
enum class RequestStatus : std::uint8_t {
  waiting,           ///< for its first tokens to be scheduled
  running,           ///< has a seat
  preempted,         ///< lost its blocks and waits again
  waits_for_blocks,  ///< its cache is elsewhere and comes when there are blocks for it
  waits_for_cache,   ///< has blocks, which are being filled from elsewhere
  finished,
};

/// A request, what is known of it, and its blocks.
struct LiveRequest {
  // What every step looks at, first: one line of a processor's cache.
  std::int64_t known = 0;     ///< tokens: the prompt, and what has been put out of it
  std::int64_t computed = 0;  ///< tokens whose keys and values are in the cache when all that was scheduled has run
  std::int64_t last = 0;      ///< ends when so many are known
  std::int64_t room = 0;      ///< tokens that its blocks can hold
  std::int64_t hash_at = 0;   ///< so many tokens fill its first block that has no hash yet
  std::int64_t computed_before = 0;  ///< before it was preempted
  std::int32_t placeholders = 0;     ///< tokens that steps under way will put out
  RequestStatus status = RequestStatus::waiting;
  bool keeps_blocks = false;  ///< beyond its end, until somebody says that they are no longer needed
  std::uint16_t drafts = 0;   ///< tokens that were drafted behind the known ones and not yet verified
  std::uint32_t before = 0;   ///< in a list of slots
  std::uint32_t after = 0;

  std::vector<KvBlock> blocks;
  BlockHashes hashes;  ///< of the blocks that have one
  Request request;
  std::int64_t hit_tokens = 0;         ///< found in the cache instead of computed, at each time that it was let in
  std::int64_t recomputed_tokens = 0;  ///< scheduled to be computed though they had been before
  std::int32_t preemptions = 0;
  std::uint32_t slot = 0;            ///< its own
  std::int64_t coming_tokens = 0;    ///< that its blocks hold when what is fetched from the tier has arrived
  std::int64_t coming_blocks = 0;    ///< of those, the last ones, which come from the tier
  std::int64_t tier_hit_tokens = 0;  ///< of `hit_tokens`, those of the tier

  /// Tokens that have been put out of it.
  std::int64_t outputs() const { return known - request.prompt_tokens; }
};

}  // namespace upmem_des
