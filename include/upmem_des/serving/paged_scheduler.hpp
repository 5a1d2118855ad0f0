/// What schedulers have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "upmem_des/serving/draft_acceptance.hpp"
#include "upmem_des/serving/kv_cache.hpp"
#include "upmem_des/serving/request_table.hpp"
#include "upmem_des/serving/scheduler.hpp"
#include "upmem_des/serving/scheduler_options.hpp"
#include "upmem_des/serving/waiting_queue.hpp"

namespace upmem_des {

/// Seats, blocks and queues; a class that derives from it says in plan() who gets what of them.
class PagedScheduler : public Scheduler {
 public:
  /// Refuses requests without tokens, of more tokens than max_model_len, or of more than all blocks hold, drafts
  /// included. The last token that is put out never has to be in the cache.
  std::string refusal(const Request& request) const override;
  std::int64_t cached_tokens(const Request& request) const override;
  std::uint32_t add(Request request) override;
  std::uint32_t add_remote(Request request, std::int64_t outputs) override;
  void fetched(std::uint32_t slot) override;
  std::uint32_t add_keeping(Request request) override;
  const KvTier* tier() const override { return cache_.tier(); }
  void stored(const std::vector<BlockStore>& blocks) override { cache_.end_store(blocks); }
  void release_kept(std::uint32_t slot) override;
  void schedule(double now_s, Pass& pass) final;
  void end_step(const Pass& pass, StepEnd& end) override;
  int steps_in_flight() const override { return steps_in_flight_; }

  const LiveRequest& request(std::uint32_t slot) const override { return table_[slot]; }
  std::int64_t running_count() const override { return static_cast<std::int64_t>(running_.size()); }
  std::int64_t waiting_count() const override { return waiting_->size() + fetching_; }
  const std::vector<std::uint32_t>& running() const override { return running_; }
  std::vector<std::uint32_t> waiting() const override { return waiting_->slots(table_); }
  std::int64_t live_count() const override { return table_.open_count(); }
  std::int64_t blocks_total() const override { return cache_.blocks().total(); }
  std::int64_t blocks_used() const override { return cache_.blocks().used(); }
  std::int64_t blocks_evicted() const override { return cache_.blocks().evicted(); }
  const SchedulerCounts& counts() const override { return counts_; }

 protected:
  /// Throws InputError as check() does.
  PagedScheduler(const SchedulerOptions& options, std::unique_ptr<WaitingQueue> waiting);

  /// Fills a cleared pass.
  virtual void plan(double now_s, Pass& pass) = 0;

  /// Blocks that have to stay free when a request is let in.
  virtual std::int64_t blocks_kept_free() const { return 0; }

  /// The next `tokens` tokens of a request that has blocks for them.
  ScheduledRequest& put(Pass& pass, std::uint32_t slot, std::int64_t tokens) {
    LiveRequest& request = table_[slot];
    pass.scheduled.push_back({slot, false, false, false, tokens, request.computed, 0});
    ScheduledRequest& entry = pass.scheduled.back();
    pass.tokens += tokens;
    if (request.computed < request.computed_before) count_again(request, tokens, 1);
    request.computed += tokens;
    entry.samples = request.computed >= request.known + request.placeholders;
    request.placeholders += entry.samples && steps_in_flight_ > 1;
    if (request.drafts > 0) verify(request, entry);
    return entry;
  }
  /// Undoes put().
  void take_back(Pass& pass, std::size_t index);

  /// Gives the first of those that wait, whose blocks have been allocated, a seat and its first `tokens` tokens.
  void admit(Pass& pass, std::int64_t tokens, const PrefixHits& hits);

  /// Takes seat and blocks of running_[index]; it waits again, with nothing computed.
  void preempt(Pass& pass, std::size_t index);

  /// Which of the running loses its blocks when one of them finds none, by its place in running_; there is one.
  virtual std::size_t victim() const { return running_.size() - 1; }

  /// Preempts until the request at running_[index], whose place may change, has blocks for `tokens` more. False when it
  /// was preempted itself. Of others that lose their blocks, what `pass` has of them is taken back.
  bool make_room(Pass& pass, std::size_t& index, std::int64_t tokens);

  /// Those that wait with blocks (their caches were sent) might for ever hold what the only one that runs needs, or,
  /// where nobody runs, the first of those that wait: takes the last one's. False where nobody waits with blocks, or
  /// several run.
  bool take_from_waiting(Pass& pass);

  /// Tokens that a pass may still get.
  std::int64_t budget(const Pass& pass) const { return options_.max_num_batched_tokens - pass.tokens; }
  /// May another request be let in?
  bool seat_left() const { return running_count() < options_.max_num_seqs; }

  /// Into hits_; none for a request that has its cache. Whoever lets requests in with them asks whether there are any
  /// in the tier, and then calls start_reading_tier().
  void find_hits(const LiveRequest& request);

  /// The first of those that wait has its cache elsewhere: it gets blocks for `tokens` tokens in all and is out of the
  /// way. False where there are too few.
  bool start_fetching(Pass& pass, std::int64_t tokens, std::int64_t keep_free);

  /// The first of those that wait has hits_ in the tier: it gets blocks for these and is out of the way. False where
  /// there are too few.
  bool start_reading_tier(Pass& pass, std::int64_t keep_free);

  /// A request has ended. Lets it go unless it keeps its blocks.
  virtual void leave(std::uint32_t slot);

  /// The blocks of a request that has ended are free, and its slot when the next step ends.
  void let_go(std::uint32_t slot);

  SchedulerOptions options_;
  int steps_in_flight_ = 1;
  RequestTable table_;
  KvCache cache_;
  std::unique_ptr<WaitingQueue> waiting_;
  std::vector<std::uint32_t> running_;
  SchedulerCounts counts_;
  PrefixHits hits_;  ///< of the first of those that wait

 private:
  std::uint32_t open(Request&& request);
  /// Says of a request that is scheduled what becomes of its drafts.
  void verify(LiveRequest& request, ScheduledRequest& entry);
  void end_drafts(LiveRequest& request, const ScheduledRequest& entry, StepEnd& end);
  /// The most tokens that it may ever need blocks for.
  std::int64_t most_tokens(const Request& request) const;
  void count_hits(LiveRequest& request, std::int64_t tokens);
  /// Of the next tokens those that had been computed before.
  void count_again(LiveRequest& request, std::int64_t tokens, std::int64_t times);
  void lose_blocks(std::uint32_t slot);
  void wait_for_cache(Pass& pass);
  void finish(std::uint32_t slot, StepEnd& end);

  DraftAcceptance acceptance_;
  std::vector<std::uint32_t> ended_;  ///< their slots are closed when the next step ends
  std::int64_t fetching_ = 0;
};

}  // namespace upmem_des
