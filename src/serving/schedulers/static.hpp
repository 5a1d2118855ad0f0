/// One batch after the other.
#pragma once

#include <cstdint>
#include <vector>

#include "serving/seat_scheduler.hpp"

namespace upmem_des {

/// A batch is made of those that wait, up to max_num_seqs. It reads all prompts in one step, each padded to the
/// longest, and then gives everybody a token a step until the longest output has ended; who ends before keeps its seat
/// and its blocks, and its row of the batch goes on as padding. Nobody enters before. With batch_timeout_s a batch with
/// seats left waits that long for further requests after its first one arrived.
///
/// Keys: kv_blocks, block_tokens, max_num_seqs, max_model_len, reserve_max_len, batch_timeout_s (infinity: until the
/// seats are filled). A step is scheduled when the one before has ended. There is no budget of tokens.
class StaticBatches final : public SeatScheduler {
 public:
  /// Throws InputError as SeatScheduler does.
  explicit StaticBatches(const SchedulerOptions& options) : SeatScheduler(options) {}

  void end_step(const Pass& pass, StepEnd& end) override;
  void release_kept(std::uint32_t slot) override;
  void close() override { closed_ = true; }

 protected:
  void plan(double now_s, Pass& pass) override;
  void leave(std::uint32_t slot) override;

 private:
  /// Of a request that has ended.
  struct Row {
    std::uint32_t slot = 0;
    std::int64_t context = 0;  ///< tokens
  };

  void make_batch(double now_s, Pass& pass);

  std::vector<Row> rows_;  ///< that go on as padding
  bool closed_ = false;
};

}  // namespace upmem_des
