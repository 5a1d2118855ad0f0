/// vLLM's scheduler since its version 1.
#pragma once

#include <memory>

#include "upmem_des/serving/paged_scheduler.hpp"

namespace upmem_des {

/// Continuous batching with chunked prefill and preemption by recomputation, as vLLM 0.19.0 does it. Running requests
/// come first, in the order in which they were let in, each with what it has left of its known tokens or with its next
/// one; then those that wait, while there are seats, blocks and tokens of the budget left, and none at all after a
/// preemption. Where a running one finds no block, the last of the running loses its own.
///
/// Over several pipeline stages as many steps are under way, and a request is in one of them at most, unless it reads
/// its prompt.
///
/// Keys: kv_blocks, block_tokens, max_num_batched_tokens (budget of a step), max_num_seqs, max_model_len,
/// long_prefill_threshold, prefix_caching, chunked_prefill, reserve_full_prompt, watermark, async, pipeline_stages.
class VllmV1 : public PagedScheduler {
 public:
  /// First come, first served. Throws InputError as check() does.
  explicit VllmV1(const SchedulerOptions& options);

  /// Also, without chunked prefill, what might have to be computed again at once but is more than the budget.
  std::string refusal(const Request& request) const override;

 protected:
  /// In another order.
  VllmV1(const SchedulerOptions& options, std::unique_ptr<WaitingQueue> waiting);

  void plan(double now_s, Pass& pass) override;

 private:
  void plan_running(Pass& pass);
  void plan_waiting(Pass& pass);
  bool admit_next(Pass& pass);
};

}  // namespace upmem_des
