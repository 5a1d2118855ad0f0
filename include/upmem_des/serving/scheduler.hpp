/// Decides what an inference server computes next.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "upmem_des/requests/request.hpp"
#include "upmem_des/serving/block_store.hpp"
#include "upmem_des/serving/live_request.hpp"

namespace upmem_des {

class KvTier;

/// What a step does for one request.
struct ScheduledRequest {
  std::uint32_t slot = 0;
  bool samples = false;         ///< puts out a token
  bool admitted = false;        ///< was waiting before
  bool resumed = false;         ///< admitted, and not for the first time
  std::int64_t tokens = 0;      ///< computed
  std::int64_t context = 0;     ///< tokens before them, whose keys and values are in the cache
  std::int64_t hit_tokens = 0;  ///< of the context, those that were found in the cache now
  std::int32_t drafts = 0;      ///< of the tokens, the last ones: drafted, and verified in this step
  std::int32_t accepted = 0;    ///< of the drafts, the first ones: what the step would have put out anyway
};

/// What a step computes for nobody.
struct PaddedTokens {
  std::int64_t tokens = 0;
  std::int64_t context = 0;
};

/// A step as it was scheduled. Kept by who runs it until the step has ended; the same one can be used again then.
struct Pass {
  std::vector<ScheduledRequest> scheduled;  ///< no request twice
  std::vector<PaddedTokens> padding;        ///< beside them in the batch
  std::vector<std::uint32_t> preempted;     ///< lost their seats and blocks in this pass
  std::vector<std::uint32_t> fetching;      ///< whose blocks have been taken: their caches can be sent now
  std::vector<BlockStore> full;             ///< can go to the tier when the step has ended
  std::vector<BlockStore> displaced;        ///< go there before anything takes their places: step and `fetching`
  std::int64_t tokens = 0;                  ///< of all scheduled
  double wake_s = std::numeric_limits<double>::infinity();  ///< ask again then, if nothing else happens before

  /// Is nothing computed?
  bool empty() const { return scheduled.empty(); }
  /// Empties it, and keeps its memory.
  void clear();
};

/// What came of a step.
struct StepEnd {
  std::vector<std::uint32_t> sampled;   ///< got a token, in the order of the pass; as often as it got one
  std::vector<std::uint32_t> finished;  ///< had their last; their slots are theirs until the next end_step()
  std::vector<BlockStore> full;         ///< can go to the tier now
};

/// Since the beginning.
struct SchedulerCounts {
  std::int64_t preemptions = 0;
  std::int64_t hit_tokens = 0;
  std::int64_t recomputed_tokens = 0;
  std::int64_t drafted_tokens = 0;   ///< that were verified
  std::int64_t accepted_tokens = 0;  ///< of these, also those behind a request's last token
  std::int64_t verifications = 0;    ///< how often a request had drafts in a step
  std::int64_t tier_hit_tokens = 0;  ///< of `hit_tokens`
};

/// A scheduler is given requests as they arrive and asked for steps. It knows no time but what it is told and nothing
/// of how long a step takes: whoever runs the steps calls schedule() when a step may be planned and end_step() when its
/// outputs are there, in the order in which the steps were scheduled. Until then up to steps_in_flight() steps may have
/// been scheduled. Requests are named by slots, small numbers that are used again.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// Why a request could never be served here, in a few words; "" where it can.
  virtual std::string refusal(const Request& request) const = 0;

  /// Tokens of a request's prompt that are in the cache or in its tier now; nothing is changed.
  virtual std::int64_t cached_tokens(const Request& request) const = 0;

  /// A request that arrived. It has to be one that is not refused, and no other of its id may be there.
  virtual std::uint32_t add(Request request) = 0;

  /// A request of which `outputs` tokens (>= 0, fewer than it wants) have been put out elsewhere, where the keys and
  /// values of its prompt are. It is given blocks for all known tokens when its turn comes, and is in `fetching` of
  /// that pass; what its prefix cache holds is its hit_tokens and need not be sent.
  virtual std::uint32_t add_remote(Request request, std::int64_t outputs) = 0;
  /// All that was sent is there: from the next pass on the request is scheduled, the first of those that wait. So is a
  /// request that found something in the tier: it is in `fetching` of the pass in which it did, and `coming_blocks` of
  /// its own say how many blocks come.
  virtual void fetched(std::uint32_t slot) = 0;

  /// The second level of the prefix cache; null where there is none.
  virtual const KvTier* tier() const { return nullptr; }
  /// These, of one pass or of one end of a step, have arrived in the tier.
  virtual void stored(const std::vector<BlockStore>& /*blocks*/) {}

  /// A request that keeps its blocks when it is finished, and its slot, until release_kept(). What it wants of outputs
  /// is put out here.
  virtual std::uint32_t add_keeping(Request request) = 0;
  /// Ends what add_keeping() began.
  virtual void release_kept(std::uint32_t slot) = 0;

  /// Plans the next step at the time `now_s` into `pass`, whose vectors are cleared first. An empty one says that there
  /// is nothing to do before something changes: a request, an ended step, or the time `wake_s`.
  virtual void schedule(double now_s, Pass& pass) = 0;

  /// The outputs of the oldest step that has not ended. `end` is cleared first.
  virtual void end_step(const Pass& pass, StepEnd& end) = 0;

  /// No further request will be added: none has to be waited for.
  virtual void close() {}

  /// 1: a step is scheduled when the one before has ended; 2: while it runs.
  virtual int steps_in_flight() const = 0;

  /// The request in a slot that is in use.
  virtual const LiveRequest& request(std::uint32_t slot) const = 0;
  /// Requests with seats.
  virtual std::int64_t running_count() const = 0;
  /// Those that are being fetched are among them.
  virtual std::int64_t waiting_count() const = 0;
  /// In the order of the batch.
  virtual const std::vector<std::uint32_t>& running() const = 0;
  /// In the order in which they will be looked at; without those that are being fetched.
  virtual std::vector<std::uint32_t> waiting() const = 0;
  /// Requests whose slots are in use.
  virtual std::int64_t live_count() const = 0;

  /// Blocks of the cache.
  virtual std::int64_t blocks_total() const = 0;
  /// Of those, what requests use.
  virtual std::int64_t blocks_used() const = 0;
  /// Blocks that lost what they held, since the beginning.
  virtual std::int64_t blocks_evicted() const = 0;
  /// What has happened since the beginning.
  virtual const SchedulerCounts& counts() const = 0;
};

}  // namespace upmem_des
