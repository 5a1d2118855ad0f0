/// A look over the whole workload before SimGrid starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/memory_account.hpp"
#include "plan/tasks/task_planner.hpp"
#include "run/device_map.hpp"
#include "run/workload_source.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct SurveyResult {
  std::int64_t events = 0;                 ///< of the stream that was surveyed
  std::vector<HeldBytes> held;             ///< by device
  std::int64_t unknown_events = 0;         ///< that the cost model has no rule for
  std::vector<std::string> unknown_types;  ///< their types, sorted
};

/// Plans every event of workload.open_survey(), so that bad events and operators without a rule are found before
/// anything is simulated (throws InputError), and adds up what devices hold. Warns of lines of the mapping, `moe.end`
/// or `last_layer` that match nothing, with what follows from it and the nearest name that there is, and of keys with
/// more heads than the model's KV cache when nothing tells the cache's.
SurveyResult survey(const Scenario& scenario, const WorkloadSource& workload, const TaskRules& rules,
                    const CostOptions& cost_options, const MemoryAccount::Options& memory, const Warn& warn);

}  // namespace upmem_des
