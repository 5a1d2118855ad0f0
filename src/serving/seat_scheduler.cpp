#include "serving/seat_scheduler.hpp"

#include <memory>

#include "serving/fifo_queue.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

SchedulerOptions without_paging(SchedulerOptions options) {
  if (options.reserve_max_len && options.max_model_len == 0)
    throw InputError({}, "max_model_len", "is 0; expected the tokens of a seat, which reserve_max_len says it is");
  options.prefix_caching = false;
  return synchronous(options);
}

}  // namespace

SeatScheduler::SeatScheduler(const SchedulerOptions& options)
    : PagedScheduler(without_paging(options), std::make_unique<FifoQueue>()) {}

std::int64_t SeatScheduler::seat_tokens(const Request& request) const {
  return options_.reserve_max_len ? options_.max_model_len : request.prompt_tokens + request.output_tokens;
}

std::string SeatScheduler::refusal(const Request& request) const {
  std::string why = PagedScheduler::refusal(request);
  const std::int64_t blocks = why.empty() ? options_.blocks_for(seat_tokens(request)) : 0;
  if (blocks > options_.kv_blocks)
    why = "its seat of " + std::to_string(seat_tokens(request)) + " tokens needs " + std::to_string(blocks) +
          " blocks; there are " + std::to_string(options_.kv_blocks);
  return why;
}

bool SeatScheduler::admit_next(Pass& pass) {
  LiveRequest& request = table_[waiting_->front()];
  if (request.status == RequestStatus::waits_for_blocks) return start_fetching(pass, seat_tokens(request.request), 0);
  hits_.clear();
  if (!cache_.allocate(request, seat_tokens(request.request) - request.computed, hits_, 0)) return false;
  admit(pass, request.known - request.computed, hits_);
  return true;
}

}  // namespace upmem_des
