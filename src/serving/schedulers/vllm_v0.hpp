/// vLLM's scheduler before its version 1.
#pragma once

#include "upmem_des/serving/paged_scheduler.hpp"

namespace upmem_des {

/// A step is either prompts or one token for everybody. As long as the first of those that wait fits (a seat, blocks
/// for all of its tokens while `watermark` of all blocks stays free, tokens of the budget), a step has whole prompts,
/// first come, first served; else everybody who runs gets a token, and where there are too few blocks the last to have
/// been let in loses its own and is computed again.
///
/// Keys: kv_blocks, block_tokens, max_num_batched_tokens (of prompts in a step), max_num_seqs, max_model_len, watermark
/// (vLLM had 0.01), prefix_caching. A step is scheduled when the one before has ended.
class VllmV0 final : public PagedScheduler {
 public:
  /// Throws InputError as check() does.
  explicit VllmV0(const SchedulerOptions& options);

  /// Also what might have to be computed again at once but is more than the budget.
  std::string refusal(const Request& request) const override;

 protected:
  void plan(double now_s, Pass& pass) override;
  std::int64_t blocks_kept_free() const override { return options_.watermark_blocks(); }

 private:
  bool admit_next(Pass& pass);
  void plan_tokens(Pass& pass);
};

}  // namespace upmem_des
