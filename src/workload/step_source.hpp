/// Where steps come from.
#pragma once

#include "upmem_des/workload/slice.hpp"
#include "workload/progress.hpp"

namespace upmem_des {

/// Decides what is worked on next, when it is asked: with a clock, so that it may depend on what has happened.
class StepSource {
 public:
  StepSource() = default;
  StepSource(const StepSource&) = delete;
  StepSource& operator=(const StepSource&) = delete;
  virtual ~StepSource() = default;

  /// Overwrites `step` where there is one. Neither time nor ended steps ever go back; nothing may depend on how often
  /// it is asked in between.
  virtual Answer next(const Progress& progress, StepSlices& step) = 0;
};

}  // namespace upmem_des
