#include "service/step_calls_maker.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/util/error.hpp"
#include "workload/step_source.hpp"

namespace upmem_des {

/// Gives the slices that it was handed, and waits for further ones.
class HandedSteps : public StepSource {
 public:
  void hand(const StepSlices& step) {
    step_ = step;
    is_there_ = true;
  }

  Answer next(const Progress& /*progress*/, StepSlices& step) override {
    if (!std::exchange(is_there_, false)) return Answer::wait_for_a_step();
    step = step_;
    step.number = number_++;
    step.freed.clear();
    return Answer::step();
  }

 private:
  StepSlices step_;
  std::int64_t number_ = 0;
  bool is_there_ = false;
};

StepCallsMaker::StepCallsMaker(const WorkloadSource& workload) {
  for (Source& source : sources_) {
    auto steps = std::make_unique<HandedSteps>();
    source.steps = steps.get();
    source.source = workload.open_steps(std::move(steps));
  }
}

StepCallsMaker::~StepCallsMaker() = default;

bool StepCallsMaker::has_prompts(const std::vector<Slice>& slices) {
  return std::any_of(slices.begin(), slices.end(),
                     [](const Slice& slice) { return slice.cached_rows == 0 || slice.new_rows > 1; });
}

const StepCalls& StepCallsMaker::calls(const StepSlices& step) {
  Source& source = sources_[has_prompts(step.slices) ? 1 : 0];
  source.steps->hand(step);
  if (source.source->next({}, source.calls).kind != Answer::Kind::Step)
    throw SimulationError("a model's source gives no step for slices that it was handed");
  return source.calls;
}

}  // namespace upmem_des
