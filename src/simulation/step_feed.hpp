/// Where steps come from.
#pragma once

#include <cstdint>

#include "plan/tasks/step_plan.hpp"

namespace upmem_des {

/// A stream of planned steps, read once.
class StepFeed {
 public:
  /// The next step is asked for as soon as all that have not ended, and those after them, have fewer tasks together.
  static constexpr std::int64_t look_ahead = 65'536;

  StepFeed() = default;
  StepFeed(const StepFeed&) = delete;
  StepFeed& operator=(const StepFeed&) = delete;
  virtual ~StepFeed() = default;

  /// Overwrites `step` with the next one; false at the end. Throws InputError on bad input.
  virtual bool next(PlannedStep& step) = 0;
};

}  // namespace upmem_des
