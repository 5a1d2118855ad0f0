/// A step of sequences as calls of a described model.
#pragma once

#include <memory>
#include <vector>

#include "run/workload_source.hpp"
#include "trace/step_calls.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

class HandedSteps;

/// Steps of any slices, one at a time, each for itself. Those with prompts and those without have a source each, since
/// a source is quick where a step calls what the one before it did.
class StepCallsMaker {
 public:
  /// `workload` is a described model, and outlives the maker.
  explicit StepCallsMaker(const WorkloadSource& workload);
  ~StepCallsMaker();
  StepCallsMaker(const StepCallsMaker&) = delete;
  StepCallsMaker& operator=(const StepCallsMaker&) = delete;

  /// Has a step of these slices prompts: a sequence that begins, or has more than one new row?
  static bool has_prompts(const std::vector<Slice>& slices);

  /// The calls of a step, whose number and freed sequences say nothing; they stand until the next one of the same sort.
  /// Throws InputError as DecoderSource does.
  const StepCalls& calls(const StepSlices& step);

 private:
  struct Source {
    HandedSteps* steps = nullptr;  ///< of `calls`
    std::unique_ptr<CallSource> source;
    StepCalls calls;
  };

  Source sources_[2];  // without prompts, with
};

}  // namespace upmem_des
