/// The load that is known beforehand: one batch, from its prompts to its last tokens.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "workload/step_source.hpp"

namespace upmem_des {

/// Sequences that begin together: a step with all prompts, then steps with one row of each.
class FixedRun : public StepSource {
 public:
  /// `prompts`: slices of the first step, whose cached rows are 0. `passes`: steps in all, 1 or more. Of those after
  /// the first, the ones before `first_decode` (1 is the first) are left out.
  FixedRun(std::vector<Slice> prompts, std::int64_t passes, std::int64_t first_decode = 1)
      : prompts_(std::move(prompts)), passes_(passes), first_decode_(first_decode) {}

  Answer next(const Progress& progress, StepSlices& step) override;

 private:
  std::vector<Slice> prompts_;
  std::int64_t passes_;
  std::int64_t first_decode_;
  std::int64_t pass_ = 0;
};

/// Prompts of so many rows, one for each sequence, as slices: neighbours of the same length are one.
std::vector<Slice> slices_of_prompts(const std::vector<std::int64_t>& rows);

}  // namespace upmem_des
