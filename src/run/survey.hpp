/// A look over the whole workload before SimGrid starts.
#pragma once

#include <cstdint>

#include "plan/planner.hpp"
#include "run/device_map.hpp"
#include "run/workload_source.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct SurveyResult {
  std::int64_t events = 0;  ///< of the stream that was surveyed
};

/// Plans every event of workload.open_survey(), so that bad events and operators without a rule are found before
/// anything is simulated (throws InputError), and warns of names in the mapping, `moe.end` or `last_layer` that never
/// occur, with what follows from it and the nearest name that does, and of keys with more heads than the model's KV
/// cache when nothing tells the cache's.
SurveyResult survey(const Scenario& scenario, const WorkloadSource& workload, const PlanRules& rules,
                    const CostOptions& cost_options, const Warn& warn);

}  // namespace upmem_des
