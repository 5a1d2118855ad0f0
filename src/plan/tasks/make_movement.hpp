/// Which strategy moves tensors. Internal to the room.
#pragma once

#include <memory>

#include "plan/tasks/movement.hpp"

namespace upmem_des {

/// The one that the cost model asks for. The references outlive it.
std::unique_ptr<Movement> make_movement(const TaskRules& rules, TaskMaker& tasks);

}  // namespace upmem_des
