/// Orca's scheduler.
#pragma once

#include "serving/seat_scheduler.hpp"

namespace upmem_des {

/// Iteration-level scheduling (Yu et al., OSDI 2022): in each step everybody who has a seat gets a token, and who gets
/// a seat now has its whole prompt in the same batch. A seat is left when its request has ended.
///
/// Keys: kv_blocks, block_tokens, max_num_seqs, max_model_len, reserve_max_len. A step is scheduled when the one before
/// has ended. There is no budget of tokens.
class Orca final : public SeatScheduler {
 public:
  /// Throws InputError as SeatScheduler does.
  explicit Orca(const SchedulerOptions& options) : SeatScheduler(options) {}

 protected:
  void plan(double now_s, Pass& pass) override;
};

}  // namespace upmem_des
