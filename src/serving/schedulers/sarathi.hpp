/// Sarathi-Serve's scheduler.
#pragma once

#include "upmem_des/serving/paged_scheduler.hpp"

namespace upmem_des {

/// Stall-free batching (Agrawal et al., OSDI 2024): a step has a budget of tokens; everybody who generates gets one,
/// then prompts that were begun, then new ones get what is left, in chunks. A request is let in with blocks for all of
/// its tokens while `watermark` of all blocks stays free; where there are too few blocks for further tokens the last to
/// have been let in loses its own and is computed again.
///
/// Keys: kv_blocks, block_tokens, max_num_batched_tokens (the paper's chunk size: 512), max_num_seqs, max_model_len,
/// watermark (0.01), prefix_caching. A step is scheduled when the one before has ended.
class Sarathi final : public PagedScheduler {
 public:
  /// Throws InputError as check() does.
  explicit Sarathi(const SchedulerOptions& options);

 protected:
  void plan(double now_s, Pass& pass) override;
  std::int64_t blocks_kept_free() const override { return options_.watermark_blocks(); }

 private:
  void plan_tokens(Pass& pass);
  void plan_chunks(Pass& pass);
  bool admit_next(Pass& pass);
};

}  // namespace upmem_des
