/// What can be set of a scheduler.
#pragma once

#include <cstdint>
#include <vector>

namespace upmem_des {

/// The keys of `serving:` that schedulers read; each class says which.
struct SchedulerOptions {
  std::int64_t kv_blocks = 0;                  ///< that requests can use
  std::int64_t block_tokens = 16;              ///< tokens of a block
  std::int64_t max_num_batched_tokens = 8192;  ///< of a step
  std::int64_t max_num_seqs = 1024;            ///< seats
  std::int64_t max_model_len = 0;              ///< tokens of a request, outputs included; 0: any number
  std::int64_t long_prefill_threshold = 0;     ///< tokens of one request in a step; 0: any number
  bool prefix_caching = true;
  bool chunked_prefill = true;
  bool reserve_full_prompt = true;   ///< a request is let in when all of its tokens have room, not just its first chunk
  double watermark = 0;              ///< share of the blocks that stays free when a request is let in, 0 to 1
  bool async = true;                 ///< a step is scheduled while the one before runs
  std::int64_t pipeline_stages = 1;  ///< so many steps are under way, each in another stage
  bool reserve_max_len = false;      ///< without paging: a seat holds max_model_len tokens, not its request's
  bool order_by_total = false;       ///< shortest first: by prompt and outputs, not by the prompt
  std::int64_t tier_blocks = 0;      ///< of a second level of the prefix cache; 0: there is none
  bool tier_takes_evicted = false;   ///< a block goes there when it is evicted, and not as soon as it is full
  double batch_timeout_s = 0;        ///< static batches: how long the first one waits for seats to fill

  // Speculative decoding: only synchronous(), and only with schedulers whose kind takes drafts.
  std::int64_t draft_tokens = 0;      ///< drafted for whoever has put out a token, to be verified in its next step
  std::int64_t lookahead_tokens = 0;  ///< that its blocks have room for beyond those of a step, where drafts are made
  bool recomputes_last_hit = false;   ///< of what is found in the cache, the last block is computed all the same
  std::vector<double> acceptance{};   ///< see DraftAcceptance; of each of the draft_tokens
  std::uint64_t acceptance_seed = 0;

  /// max_model_len, or more than there can be.
  std::int64_t longest() const;
  /// Blocks that so many tokens take.
  std::int64_t blocks_for(std::int64_t tokens) const { return (tokens + block_tokens - 1) / block_tokens; }
  /// How many steps may have been scheduled and not have ended.
  int steps_in_flight() const;
  /// floor(watermark · number of blocks); a server counts one block that nobody can use, so there are kv_blocks + 1.
  std::int64_t watermark_blocks() const;
};

/// So many drafts can be verified in a step.
constexpr std::int64_t most_draft_tokens = 256;

/// With `async` off and one stage: a step is scheduled when the one before has ended.
SchedulerOptions synchronous(SchedulerOptions options);

/// Throws InputError with the key where a value is not one that a server could run with: counts below 1 (max_model_len
/// and long_prefill_threshold: below 0), a watermark outside 0 to 1, a budget below the number of seats, which is a
/// mistake in each of these servers, without chunking a budget below max_model_len, and drafts with more than one step
/// under way, more of them than most_draft_tokens, or not as many probabilities as drafts, each 0 to 1, and room for
/// drafts without any.
void check(const SchedulerOptions& options);

}  // namespace upmem_des
