#include "simulation/task_check.hpp"

#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

std::string number(TaskId id) {
  return "task " + std::to_string(id);
}

}  // namespace

void check_work(const Task& task, const PlatformSpec& platform) {
  const auto fail = [&](const std::string& problem) { throw SimulationError(number(task.id) + problem); };
  if (task.kind == Task::Kind::Compute) {
    if (task.device >= platform.devices.size()) fail(" runs on a device that does not exist");
    for (const Step& step : task.demand)
      if (!(step.weight_bytes >= 0 && step.weight_bytes <= step.memory_bytes))
        fail(" has weights that are not a part of its memory work");
  } else if (task.kind == Task::Kind::Transfer) {
    if (task.route >= platform.routes.size()) fail(" takes a route that does not exist");
    if (!(task.bytes > 0)) fail(" transfers no bytes");
  }
}

void check_order(const Task& task, TaskId next) {
  const TaskId id = task.id;
  if (id < next) throw SimulationError(number(id) + " comes after " + number(next - 1) + "; ids have to ascend");
  if (id - next > largest_id_gap)
    throw SimulationError(number(id) + " comes after " + number(next - 1) + "; too many ids are left out");
  for (const TaskId before : task.after) {
    if (before == id) throw SimulationError(number(id) + " waits for itself");
    if (before > id) throw SimulationError(number(id) + " waits for " + number(before) + ", which comes after it");
    if (before < 0) throw SimulationError(number(id) + " waits for " + number(before) + "; ids begin at 0");
  }
}

}  // namespace upmem_des
