/// What a step is remembered by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// Steps of the same sizes are planned alike: what differs between them is the lengths of caches.
struct StepSizes {
  struct Part {
    std::int64_t rows = 0;  ///< new ones
    std::int64_t sequences = 0;
    std::int64_t sampled = 0;  ///< rows that put out tokens: as many as sequences, or more where drafts are verified
  };
  bool has_prompts = false;
  std::vector<Part> parts;  ///< one where all sequences are computed together

  /// `part_ends` as StepSlices has them. Throws SimulationError where a part has no sequences.
  static StepSizes of(const std::vector<Slice>& slices, const std::vector<std::size_t>& part_ends);

  bool has_drafts() const;
  /// The slices, and by part how many come before its end, of a step that stands for all of these sizes.
  StepSlices usual_slices() const;
};

bool operator<(const StepSizes& a, const StepSizes& b);

}  // namespace upmem_des
