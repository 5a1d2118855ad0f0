/// Where planned steps come from.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plan/tasks/step_plan.hpp"
#include "workload/progress.hpp"

namespace upmem_des {

/// A stream of planned steps, read once.
class StepFeed {
 public:
  /// A further step is asked for as soon as only one has not ended, or those from the oldest that has not on have fewer
  /// tasks together.
  static constexpr std::int64_t look_ahead = 4'096;
  static bool has_room(std::size_t steps, std::int64_t tasks) { return steps < 2 || tasks < look_ahead; }

  StepFeed() = default;
  StepFeed(const StepFeed&) = delete;
  StepFeed& operator=(const StepFeed&) = delete;
  virtual ~StepFeed() = default;

  /// Overwrites `step` with the next one where there is one. Throws InputError on bad input.
  virtual Answer next(const Progress& progress, PlannedStep& step) = 0;
};

}  // namespace upmem_des
