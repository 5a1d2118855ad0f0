/// What has to hold of a task, whoever planned it.
#pragma once

#include "plan/tasks/task.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// Ids may leave out so many numbers.
inline constexpr TaskId largest_id_gap = 65'536;

/// Throws SimulationError where a task runs on what does not exist, moves nothing, or fetches a share that is none.
void check_work(const Task& task, const PlatformSpec& platform);

/// `next` is the smallest id that the task may have. Throws SimulationError for ids that do not ascend, and where a
/// task waits for itself or a later one.
void check_order(const Task& task, TaskId next);

}  // namespace upmem_des
