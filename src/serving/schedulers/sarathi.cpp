#include "serving/schedulers/sarathi.hpp"

#include <algorithm>
#include <memory>

#include "serving/fifo_queue.hpp"

namespace upmem_des {

Sarathi::Sarathi(const SchedulerOptions& options)
    : PagedScheduler(synchronous(options), std::make_unique<FifoQueue>()) {}

void Sarathi::plan(double /*now_s*/, Pass& pass) {
  plan_tokens(pass);
  plan_chunks(pass);
  if (!pass.preempted.empty()) return;
  while (waiting_->size() > 0 && budget(pass) > 0 && seat_left())
    if (!admit_next(pass) && !(running_.empty() && take_from_waiting(pass))) return;
}

void Sarathi::plan_tokens(Pass& pass) {
  // There are no more seats than tokens in the budget.
  for (std::size_t index = 0; index < running_.size(); ++index) {
    const std::uint32_t slot = running_[index];
    if (table_[slot].known - table_[slot].computed != 1) continue;
    if (!cache_.allocate(table_[slot], 1) && !make_room(pass, index, 1)) return;
    put(pass, slot, 1);
  }
}

void Sarathi::plan_chunks(Pass& pass) {
  for (const std::uint32_t slot : running_) {
    const std::int64_t rest = table_[slot].known - table_[slot].computed;
    const std::int64_t tokens = std::min(rest, budget(pass));
    // Who had one left has been given it.
    if (rest <= 1 || tokens <= 0) continue;
    cache_.allocate(table_[slot], tokens);  // its blocks have been its own since it was let in
    put(pass, slot, tokens);
  }
}

/// False where the first of those that wait has to go on waiting, and all behind it.
bool Sarathi::admit_next(Pass& pass) {
  LiveRequest& request = table_[waiting_->front()];
  if (request.status == RequestStatus::waits_for_blocks)
    return start_fetching(pass, request.known, options_.watermark_blocks());
  find_hits(request);
  if (!hits_.in_tier.empty()) return start_reading_tier(pass, options_.watermark_blocks());
  const std::int64_t rest =
      request.known - request.computed - static_cast<std::int64_t>(hits_.blocks.size()) * options_.block_tokens;
  // What has its blocks already takes none.
  const std::int64_t keep_free = request.blocks.empty() ? options_.watermark_blocks() : 0;
  if (!cache_.allocate(request, rest, hits_, keep_free)) return false;
  admit(pass, std::min(rest, budget(pass)), hits_);
  return true;
}

}  // namespace upmem_des
