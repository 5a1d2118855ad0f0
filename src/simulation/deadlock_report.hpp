/// Who waits for what, for people.
#pragma once

#include <string>
#include <vector>

#include "simulation/task_graph.hpp"
#include "simulation/task_stream.hpp"

namespace upmem_des {

/// The streams of devices and routes, by their indices; null where there is none.
struct StreamLists {
  std::vector<TaskStream*> devices;
  std::vector<TaskStream*> routes;
};

/// "deadlock: dimm[0] waits for q_proj (event 5) on dimm[1]; HOST to dimm[2] waits for task 9, which does not exist;
/// and 3 more": every stream whose next task cannot start, and the first thing that this task waits for, at most eight
/// of them. Where only joins are left, what these wait for.
std::string deadlock_report(const TaskGraph& graph, const StreamLists& streams);

}  // namespace upmem_des
