/// What a planned step's tasks ask for, of other steps that are planned alike.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "cost/demand.hpp"
#include "trace/step_calls.hpp"

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

  /// By Task::slot of that step's plan, what they are for `step`, which has the same call sequence; how many bytes it
  /// moves is not asked. None where the step calls another sequence, or its events would be shared in another way.
  /// Throws InputError as CostModel::cost() does.
  std::optional<std::vector<Demand>> of(const StepCalls& step) const;

 private:
  std::shared_ptr<const TaskRules> rules_;  // that `memory_` refers to
  std::unique_ptr<const PlanMemory> memory_;
};

}  // namespace upmem_des
