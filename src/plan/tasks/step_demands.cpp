#include "plan/tasks/step_demands.hpp"

#include <utility>

#include "plan/tasks/plan_memory.hpp"

namespace upmem_des {

StepDemands::StepDemands(const PlanMemory& memory, std::shared_ptr<const TaskRules> rules)
    : rules_(std::move(rules)), memory_(std::make_unique<const PlanMemory>(memory)) {}
StepDemands::~StepDemands() = default;

bool StepDemands::update(const StepCalls& step, const std::vector<bool>& changed, std::vector<Demand>& demands) const {
  return memory_->update(step, changed, demands);
}

}  // namespace upmem_des
