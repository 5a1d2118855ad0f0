#include "serving/schedulers/vllm_v1.hpp"

#include <algorithm>
#include <utility>

#include "serving/fifo_queue.hpp"

namespace upmem_des {

VllmV1::VllmV1(const SchedulerOptions& options) : VllmV1(options, std::make_unique<FifoQueue>()) {}

VllmV1::VllmV1(const SchedulerOptions& options, std::unique_ptr<WaitingQueue> waiting)
    : PagedScheduler(options, std::move(waiting)) {}

std::string VllmV1::refusal(const Request& request) const {
  std::string why = PagedScheduler::refusal(request);
  const std::int64_t most = request.prompt_tokens + request.output_tokens - 1;
  if (why.empty() && !options_.chunked_prefill && most > options_.max_num_batched_tokens)
    why = std::to_string(most) + " tokens may have to be computed in one step without chunked_prefill; " +
          "max_num_batched_tokens is " + std::to_string(options_.max_num_batched_tokens);
  return why;
}

void VllmV1::plan(double /*now_s*/, Pass& pass) {
  plan_running(pass);
  if (pass.preempted.empty()) plan_waiting(pass);
}

void VllmV1::plan_running(Pass& pass) {
  const std::int64_t threshold = options_.long_prefill_threshold;
  const std::int64_t longest = options_.longest();
  const bool one_at_a_time = options_.pipeline_stages > 1;
  for (std::size_t index = 0; index < running_.size() && budget(pass) > 0; ++index) {
    const std::uint32_t slot = running_[index];
    LiveRequest& request = table_[slot];
    // A step under way puts out its last token, or the one that it needs for the next.
    if (request.placeholders > 0 && (one_at_a_time || request.known + request.placeholders >= request.last)) continue;
    std::int64_t tokens = request.known + request.drafts + request.placeholders - request.computed;
    if (threshold > 0) tokens = std::min(tokens, threshold);
    tokens = std::min({tokens, budget(pass), longest - 1 - request.computed});
    if (tokens <= 0) continue;
    if (!cache_.allocate(request, tokens) && !make_room(pass, index, tokens)) return;
    put(pass, slot, tokens);
  }
}

void VllmV1::plan_waiting(Pass& pass) {
  while (waiting_->size() > 0 && budget(pass) > 0 && seat_left())
    if (!admit_next(pass) && !(running_.empty() && take_from_waiting(pass))) return;
}

/// False where the first of those that wait has to go on waiting, and all behind it.
bool VllmV1::admit_next(Pass& pass) {
  LiveRequest& request = table_[waiting_->front()];
  const std::int64_t keep_free = running_.empty() ? 0 : options_.watermark_blocks();
  // Preempted, and a token of it is on its way.
  if (request.placeholders > 0) return false;
  if (request.status == RequestStatus::waits_for_blocks) return start_fetching(pass, request.known, keep_free);
  find_hits(request);
  const bool reads_tier = !hits_.in_tier.empty();
  const auto hit_blocks = static_cast<std::int64_t>(hits_.blocks.size());
  std::int64_t tokens = request.known - request.computed - hit_blocks * options_.block_tokens;
  if (options_.long_prefill_threshold > 0) tokens = std::min(tokens, options_.long_prefill_threshold);
  if (!options_.chunked_prefill && tokens > budget(pass) && !reads_tier) return false;
  tokens = std::min(tokens, budget(pass));
  if (options_.reserve_full_prompt) {
    const std::int64_t needed = options_.blocks_for(std::min(request.known, options_.longest())) -
                                static_cast<std::int64_t>(request.blocks.size()) - hit_blocks;
    if (needed + cache_.free_among(hits_) + keep_free > cache_.blocks().free()) return false;
  }
  if (reads_tier) return start_reading_tier(pass, keep_free);
  if (!cache_.allocate(request, tokens, hits_, keep_free)) return false;
  admit(pass, tokens, hits_);
  return true;
}

}  // namespace upmem_des
