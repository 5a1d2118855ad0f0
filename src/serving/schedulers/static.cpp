#include "serving/schedulers/static.hpp"

#include <algorithm>

namespace upmem_des {

void StaticBatches::plan(double now_s, Pass& pass) {
  if (running_.empty()) {
    make_batch(now_s, pass);
    return;
  }
  for (const std::uint32_t slot : running_) put(pass, slot, 1);
  for (Row& row : rows_) pass.padding.push_back({1, row.context++});
}

void StaticBatches::make_batch(double now_s, Pass& pass) {
  if (waiting_->size() == 0) return;
  const double full_s = table_[waiting_->front()].request.arrival_s + options_.batch_timeout_s;
  if (waiting_->size() < options_.max_num_seqs && !closed_ && now_s < full_s) {
    pass.wake_s = full_s;
    return;
  }
  while (waiting_->size() > 0 && seat_left() && admit_next(pass)) {
  }
  std::int64_t longest = 0;
  for (const ScheduledRequest& entry : pass.scheduled) longest = std::max(longest, entry.context + entry.tokens);
  for (const ScheduledRequest& entry : pass.scheduled) {
    const std::int64_t end = entry.context + entry.tokens;
    if (end < longest) pass.padding.push_back({longest - end, end});
  }
}

void StaticBatches::leave(std::uint32_t slot) {
  rows_.push_back({slot, table_[slot].computed});
}

void StaticBatches::end_step(const Pass& pass, StepEnd& end) {
  PagedScheduler::end_step(pass, end);
  if (!running_.empty()) return;
  for (const Row& row : rows_)
    if (!table_[row.slot].keeps_blocks) let_go(row.slot);
  rows_.clear();
}

void StaticBatches::release_kept(std::uint32_t slot) {
  const bool in_batch = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) { return row.slot == slot; });
  if (in_batch)
    table_[slot].keeps_blocks = false;
  else
    PagedScheduler::release_kept(slot);
}

}  // namespace upmem_des
