/// What a planned step's tasks ask for, of other steps that are planned alike.
#pragma once

#include <memory>
#include <vector>

#include "trace/step_calls.hpp"
#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

class PlanMemory;
struct TaskRules;

/// How the demands of one planned step were come by, kept for later. What the planner's rules refer to outlives it.
class StepDemands {
 public:
  StepDemands(const PlanMemory& memory, std::shared_ptr<const TaskRules> rules);
  ~StepDemands();
  StepDemands(const StepDemands&) = delete;
  StepDemands& operator=(const StepDemands&) = delete;

  /// `demands` are, by Task::slot, those of a step that was planned alike; sets those of the calls that are `changed`
  /// (a flag for each) to what they are in `step`, which calls the same in the same order; how many bytes it moves is
  /// not asked. False where its events would be shared in another way: some may have been set then. Throws InputError
  /// as CostModel::cost() does.
  bool update(const StepCalls& step, const std::vector<bool>& changed, std::vector<Demand>& demands) const;

 private:
  std::shared_ptr<const TaskRules> rules_;  // that `memory_` refers to
  std::unique_ptr<const PlanMemory> memory_;
};

}  // namespace upmem_des
