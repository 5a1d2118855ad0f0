#include "plan/tasks/make_movement.hpp"

#include "plan/tasks/published_movement.hpp"
#include "plan/tasks/value_flow.hpp"

namespace upmem_des {

std::unique_ptr<Movement> make_movement(const TaskRules& rules, TaskMaker& tasks) {
  if (rules.model.transfer_rules() == TransferRules::Published)
    return std::make_unique<PublishedMovement>(rules, tasks);
  return std::make_unique<ValueFlow>(rules, tasks);
}

}  // namespace upmem_des
