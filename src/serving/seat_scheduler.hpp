/// Schedulers from before paging.
#pragma once

#include <cstdint>
#include <string>

#include "upmem_des/serving/paged_scheduler.hpp"

namespace upmem_des {

/// A seat has blocks for all that its request may come to: prompt and outputs, or max_model_len. So nobody is ever
/// preempted, and nothing is found of what others have computed.
class SeatScheduler : public PagedScheduler {
 public:
  /// Also requests whose seat is more than there is.
  std::string refusal(const Request& request) const override;

 protected:
  /// Throws InputError as check() does, and where a seat is to have max_model_len tokens and that is 0.
  explicit SeatScheduler(const SchedulerOptions& options);

  /// Lets the first of those that wait in, with all that is known of it. False where there are too few blocks.
  bool admit_next(Pass& pass);

 private:
  std::int64_t seat_tokens(const Request& request) const;
};

}  // namespace upmem_des
