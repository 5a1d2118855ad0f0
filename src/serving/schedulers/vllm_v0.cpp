#include "serving/schedulers/vllm_v0.hpp"

#include <memory>

#include "serving/fifo_queue.hpp"

namespace upmem_des {

VllmV0::VllmV0(const SchedulerOptions& options) : PagedScheduler(synchronous(options), std::make_unique<FifoQueue>()) {}

std::string VllmV0::refusal(const Request& request) const {
  std::string why = PagedScheduler::refusal(request);
  const std::int64_t most = request.prompt_tokens + request.output_tokens - 1;
  if (why.empty() && most > options_.max_num_batched_tokens)
    why = std::to_string(most) + " tokens may have to be computed in one step; max_num_batched_tokens is " +
          std::to_string(options_.max_num_batched_tokens);
  return why;
}

void VllmV0::plan(double /*now_s*/, Pass& pass) {
  while (waiting_->size() > 0 && seat_left())
    if (!admit_next(pass) && !(running_.empty() && take_from_waiting(pass))) break;
  if (pass.empty()) plan_tokens(pass);
}

/// False where the first of those that wait has to go on waiting, and all behind it.
bool VllmV0::admit_next(Pass& pass) {
  LiveRequest& request = table_[waiting_->front()];
  if (request.status == RequestStatus::waits_for_blocks)
    return start_fetching(pass, request.known, options_.watermark_blocks());
  find_hits(request);
  if (!hits_.in_tier.empty()) return start_reading_tier(pass, options_.watermark_blocks());
  const std::int64_t tokens =
      request.known - request.computed - static_cast<std::int64_t>(hits_.blocks.size()) * options_.block_tokens;
  if (tokens > budget(pass)) return false;
  // What has its blocks already takes none.
  const std::int64_t keep_free = request.blocks.empty() ? options_.watermark_blocks() : 0;
  if (!cache_.allocate(request, tokens, hits_, keep_free)) return false;
  admit(pass, tokens, hits_);
  return true;
}

void VllmV0::plan_tokens(Pass& pass) {
  for (std::size_t index = 0; index < running_.size(); ++index) {
    const std::uint32_t slot = running_[index];
    if (!cache_.allocate(table_[slot], 1) && !make_room(pass, index, 1)) return;
    put(pass, slot, 1);
  }
}

}  // namespace upmem_des
