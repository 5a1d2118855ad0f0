#include "workload/fixed_run.hpp"

#include <algorithm>

namespace upmem_des {

Answer FixedRun::next(const Progress& /*progress*/, StepSlices& step) {
  if (pass_ >= passes_) return Answer::end();
  step.number = pass_;
  step.slices = prompts_;
  step.freed.clear();
  if (pass_ > 0)
    for (Slice& slice : step.slices) {
      slice.cached_rows = slice.new_rows + pass_ - 1;
      slice.new_rows = 1;
    }
  pass_ = std::max(pass_ + 1, first_decode_);
  return Answer::step();
}

std::vector<Slice> slices_of_prompts(const std::vector<std::int64_t>& rows) {
  std::vector<Slice> slices;
  for (const std::int64_t of_sequence : rows) {
    if (slices.empty() || slices.back().new_rows != of_sequence) {
      const SequenceId first = slices.empty() ? 0 : slices.back().first + slices.back().sequences;
      slices.push_back({first, 0, of_sequence, 0});
    }
    ++slices.back().sequences;
  }
  return slices;
}

}  // namespace upmem_des
