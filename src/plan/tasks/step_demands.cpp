#include "plan/tasks/step_demands.hpp"

#include <utility>

#include "plan/tasks/plan_memory.hpp"

namespace upmem_des {

StepDemands::StepDemands(const PlanMemory& memory, std::shared_ptr<const TaskRules> rules)
    : rules_(std::move(rules)), memory_(std::make_unique<const PlanMemory>(memory)) {}
StepDemands::~StepDemands() = default;

std::optional<std::vector<Demand>> StepDemands::of(const StepCalls& step) const {
  return memory_->demands_of(step);
}

}  // namespace upmem_des
