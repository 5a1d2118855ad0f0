/// A task that has ended.
#pragma once

#include "plan/tasks/task.hpp"

namespace upmem_des {

/// When it ran, in simulated seconds. A join starts when it ends.
struct EndedTask {
  TaskId id = 0;
  double start_s = 0;
  double end_s = 0;
  double lasted_s = 0;  ///< by its formula, where it has one: end − start, but not as the clock rounds it
};

}  // namespace upmem_des
